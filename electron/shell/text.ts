import type { ProtectionState } from '../../shared/protection.ts'
import type { Settings } from '../../shared/settings.ts'

export type Language = NonNullable<Settings['language']>

/** What a person chose, else what the system speaks. `locale` is a BCP 47 tag. */
export function languageOf(chosen: Language | undefined, locale: string): Language {
  return chosen ?? (/^zh\b/i.test(locale) ? 'zh-CN' : 'en')
}

export type Counts = Readonly<Record<ProtectionState, number>>

const en = {
  file: '&File',
  edit: '&Edit',
  view: '&View',
  window: '&Window',
  help: '&Help',
  about: 'About Stillpoint',
  services: 'Services',
  hide: 'Hide Stillpoint',
  hideOthers: 'Hide Others',
  showAll: 'Show All',
  close: 'Close Window',
  quit: 'Quit Stillpoint',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  reload: 'Reload',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  minimize: 'Minimize',
  zoom: 'Zoom',
  toFront: 'Bring All to Front',
  open: 'Open Stillpoint',
  chooseFolder: 'Choose a folder',
  idle: 'Nothing is running',
  more: (count: number) => `and ${count} more`,
  runs: {
    backup: 'Backing up',
    restore: 'Restoring',
    verify: 'Verifying',
    'snapshot-create': 'Taking a snapshot of',
    'snapshot-revert': 'Reverting',
    'snapshot-delete': 'Deleting a snapshot of',
  },
  repository: 'a repository',
  lights: {
    starting: 'Stillpoint is starting',
    nothing: 'No machines yet',
    protected: 'All machines are protected',
    'at-risk': 'Some machines are at risk',
    unprotected: 'Some machines are unprotected',
    'engine-dead': 'The backup engine does not run',
  },
  counts: (counts: Counts) =>
    `${counts.protected} protected, ${counts['at-risk']} at risk, ${counts.unprotected} unprotected`,
  deadAdvice: 'Nothing is backed up until it runs again. Open Stillpoint to see why.',
  quiet: (days: number) => `No good backup for ${days} ${days === 1 ? 'day' : 'days'}`,
  names: (names: readonly string[], more: number) =>
    more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`,
  quitQuestion: (runs: number) => (runs === 1 ? 'One run is under way' : `${runs} runs are under way`),
  quitDetail: 'Quitting cancels what is running. Policies start nothing until Stillpoint is opened again.',
  keepRunning: 'Keep running',
  cancelAndQuit: 'Cancel and quit',
  keysQuestion: 'This system has no secret store that Stillpoint can use. Where should repository keys rest?',
  keysDetail:
    'With a key at hand, repositories open by themselves and policies can run. Kept in files, the keys are readable by your account and by administrators of this machine.',
  keysInFiles: 'Keep keys in files that only you can read',
  keysInMemory: 'Ask for the passphrase at every start',
}

export type Texts = typeof en

const zh: Texts = {
  file: '文件(&F)',
  edit: '编辑(&E)',
  view: '视图(&V)',
  window: '窗口(&W)',
  help: '帮助(&H)',
  about: '关于 Stillpoint',
  services: '服务',
  hide: '隐藏 Stillpoint',
  hideOthers: '隐藏其他',
  showAll: '全部显示',
  close: '关闭窗口',
  quit: '退出 Stillpoint',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  reload: '重新加载',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  minimize: '最小化',
  zoom: '缩放',
  toFront: '全部置于顶层',
  open: '打开 Stillpoint',
  chooseFolder: '选择文件夹',
  idle: '没有正在运行的任务',
  more: (count) => `还有 ${count} 个`,
  runs: {
    backup: '正在备份',
    restore: '正在恢复',
    verify: '正在校验',
    'snapshot-create': '正在创建快照',
    'snapshot-revert': '正在还原快照',
    'snapshot-delete': '正在删除快照',
  },
  repository: '存储库',
  lights: {
    starting: 'Stillpoint 正在启动',
    nothing: '还没有虚拟机',
    protected: '所有虚拟机均受保护',
    'at-risk': '部分虚拟机存在风险',
    unprotected: '部分虚拟机未受保护',
    'engine-dead': '备份引擎未在运行',
  },
  counts: (counts) => `${counts.protected} 台受保护，${counts['at-risk']} 台有风险，${counts.unprotected} 台未受保护`,
  deadAdvice: '在它恢复运行之前不会进行任何备份。请打开 Stillpoint 查看原因。',
  quiet: (days) => `${days} 天没有可用的备份`,
  names: (names, more) => (more === 0 ? names.join('、') : `${names.join('、')} 等 ${names.length + more} 台`),
  quitQuestion: (runs) => `有 ${runs} 个任务正在运行`,
  quitDetail: '退出会取消正在运行的任务。在再次打开 Stillpoint 之前，策略不会启动任何任务。',
  keepRunning: '继续运行',
  cancelAndQuit: '取消任务并退出',
  keysQuestion: '此系统没有 Stillpoint 可用的机密存储。存储库的密钥应保存在哪里？',
  keysDetail: '有了密钥，存储库可自动打开，策略可自动运行。若保存为文件，您的帐户以及本机管理员可以读取这些密钥。',
  keysInFiles: '保存在仅您可读的文件中',
  keysInMemory: '每次启动时询问密码',
}

export const texts: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zh }
