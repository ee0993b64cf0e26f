import type { wizardEn } from '../en/wizard.ts'

export const wizardZh: typeof wizardEn = {
  steps: '步骤',
  ready: '已完成',
  lacking: '尚有未填写的内容',
  back: '上一步',
  next: '下一步',
  discardTitle: '不保存就离开？',
  discardText: '离开后，此处填写的内容将会丢失。',
  keep: '留在此处',
  discard: '离开',
}
