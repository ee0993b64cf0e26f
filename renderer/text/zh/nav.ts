import type { navEn } from '../en/nav.ts'

export const navZh: typeof navEn = {
  overview: '概览',
  machines: '虚拟机',
  files: '文件',
  policies: '策略',
  activity: '任务',
  repositories: '存储库',
  hosts: '主机',
  settings: '设置',
  count: '共 {{count}} 项',
  running: '{{count}} 个正在进行',
  here: '当前位置',
}
