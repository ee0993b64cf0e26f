import type { paletteEn } from '../en/palette.ts'

export const paletteZh: typeof paletteEn = {
  title: '搜索与命令',
  hint: '虚拟机、日期、文件夹或命令…',
  results: '结果',
  nothing: '没有匹配项。可输入名称的一部分，或类似 2026-11-22 的日期。',
  found: '找到 {{count}} 项',
  keys: '↑ ↓ 选择 · Enter 打开 · Esc 关闭',
  kind: {
    machine: '虚拟机',
    command: '命令',
    screen: '前往',
    policy: '策略',
    repository: '存储库',
    run: '任务',
    point: '还原点',
  },
  command: {
    backUp: '立即备份 {{name}}…',
    protect: '设置策略…',
    addHost: '添加主机…',
    createRepository: '创建存储库…',
    openRepository: '打开存储库…',
    browse: '浏览 {{name}} 的文件',
    findFiles: '查找名为“{{query}}”的文件',
    restore: '还原 {{name}} 的最新还原点…',
  },
}
