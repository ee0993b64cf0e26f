import type { Facts } from './facts.en.ts'

export const factsZh: Facts = {
  method: {
    full: { word: '完整', meaning: '读取所有已分配的块。已存储的块不会重复存储。' },
    incremental: { word: '增量', meaning: '读取自上一个还原点以来的变化。首个还原点会读取全部内容。' },
    differential: { word: '差异', meaning: '读取自上一个完整还原点以来的变化。' },
  },
  how: {
    full: { word: '完整读取', meaning: '读取了所有已分配的块。' },
    bitmap: { word: '变更块', meaning: '只读取了虚拟化平台标记为已变更的块。' },
    compare: { word: '读取并比对', meaning: '读取全部内容并与已存储的内容比对；只发送了差异。' },
  },
  cause: {
    'bitmap-usable': '虚拟化平台的变更块记录完整。',
    'first-point': '这是该虚拟机在此存储库中的首个还原点。',
    'asked-full': '按要求进行了完整备份。',
    'bitmap-broken': '变更块记录已损坏或不完整，例如虚拟化平台崩溃之后。',
    'checkpoint-missing': '主机上已没有上一个还原点的检查点。',
    'checkpoint-forked': '自上一个还原点以来虚拟机曾回退到快照，变更记录不再适用。',
    'base-point-missing': '存储库中已没有作为基础的还原点。',
    'disk-added': '该磁盘是上一个还原点之后新增的。',
    'format-without-bitmaps': '此格式的磁盘无法记录变更；qcow2 可以。',
    'qcow2-version-2': '版本 2 的 qcow2 无法记录变更；可用“qemu-img amend -o compat=1.1”升级。',
    'image-folder': '文件夹中的镜像没有虚拟化平台记录变更。',
    'machine-off': '虚拟机处于关机状态，没有变更记录。',
    'machine-transient': '该虚拟机停止后主机即不再保留它及其变更记录。',
    'size-shrunk': '磁盘比上一个还原点时更小。',
  },
  consistency: {
    crash: { word: '崩溃一致', meaning: '如同断电之后：未要求客户机静默。' },
    'file-system': { word: '文件系统一致', meaning: '客户机代理短暂冻结了文件系统。' },
    off: { word: '已关机', meaning: '备份时虚拟机处于关机状态。' },
  },
  machineState: { running: '运行中', paused: '已暂停', off: '已关机', other: '其他', gone: '不在任何主机上' },
  hostState: { connected: '已连接', connecting: '正在连接', unreachable: '无法访问' },
  hostKind: { libvirt: 'libvirt', images: '镜像文件夹' },
  repositoryState: { open: '已打开', locked: '已锁定', unreachable: '无法访问' },
  runKind: { backup: '备份', restore: '还原', verify: '校验' },
  runState: {
    queued: '排队中',
    running: '运行中',
    cancelling: '正在取消',
    done: '已完成',
    failed: '失败',
    cancelled: '已取消',
  },
  bottleneck: { source: '数据源', processing: '处理', repository: '存储库', target: '目标' },
}
