import type { timelineEn } from '../en/timeline.ts'

export const timelineZh: typeof timelineEn = {
  title: '时间轴',
  moment: '时刻',
  slider: '要回到的时刻',
  keys: '拖动或用方向键选择；Page Up、Page Down 跳到相邻的还原点；加号、减号或 Ctrl 加滚轮缩放。',
  means: '对应还原点 {{moment}}',
  exact: '正是此刻',
  before: '比此刻早 {{distance}}',
  onBranch: '位于已离开的分支上',
  tooEarly: '那时还没有还原点。第一个还原点是 {{moment}}。',
  value: '{{moment}}：还原点 {{point}}',
  valueNone: '{{moment}}：那时还没有还原点',
  zoom: '缩放',
  day: '天',
  week: '周',
  month: '月',
  year: '年',
  earlier: '更早',
  later: '更晚',
  restore: '还原…',
}
