import type { commonEn } from '../en/common.ts'

export const commonZh: typeof commonEn = {
  showSecret: '显示或隐藏输入内容',
  cancel: '取消',
  close: '关闭',
  never: '从未',
  none: '–',
  details: '详细信息',
  copyDetails: '复制详细信息',
  copied: '已复制',
  engineFolder: 'Stillpoint 引擎所在机器上的文件夹。',
  actions: '操作',
  warning: '请注意',
}
