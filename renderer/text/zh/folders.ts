import type { foldersEn } from '../en/folders.ts'

export const foldersZh: typeof foldersEn = {
  browse: '浏览…',
  title: '选择文件夹',
  where: 'Stillpoint 引擎所在机器上的文件夹。按回车键打开文件夹，按退格键返回上一级。',
  up: '上一级文件夹',
  list: '{{folder}} 中的文件夹',
  none: '这里没有文件夹。',
  loading: '正在查找…',
  choose: '选择此文件夹',
}
