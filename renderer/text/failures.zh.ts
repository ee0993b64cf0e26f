import type { FailureCode } from '../../shared/failure.ts'
import type { Advice } from './failures.en.ts'

export const failuresZh: Readonly<Record<FailureCode, Advice>> = {
  bug: { cause: 'Stillpoint 遇到了未预料到的情况。', next: '请复制详细信息并反馈。此前已完成的还原点不受影响。' },
  cancelled: { cause: '任务已取消。', next: '可随时重新开始；未完成的部分不会被当作结果。' },
  'catalog-failed': {
    cause: '无法读取或写入本机的目录库。',
    next: '请检查状态文件夹所在磁盘的空间和健康状况，然后重试。存储库中的备份点不受影响。',
  },
  'catalog-from-future': {
    cause: '本机的目录库由更新版本的 Stillpoint 写入。',
    next: '请启动更新的版本，或使用另一个状态文件夹。',
  },
  'checkpoint-lost': {
    cause: '读取磁盘期间，主机丢失了变更块记录。',
    next: '请再次备份；届时将完整读取该磁盘并进行比对。',
  },
  'disk-hostile': {
    cause: '磁盘镜像指向其文件夹之外的位置，或其文件头不可信。',
    next: '请查明该镜像的来源。备份前先将其转换为不带后备文件和数据文件的普通镜像。',
  },
  'disk-unreadable': { cause: '无法读取磁盘。', next: '请检查磁盘所在的存储及文件权限，然后重新开始。' },
  'disk-unsupported': {
    cause: '无法备份这种类型的磁盘。',
    next: '请将磁盘改为 raw 或 qcow2 镜像，或在客户机内部备份。',
  },
  'engine-died': {
    cause: '引擎在工作过程中停止。',
    next: '引擎会自动重新启动。请重新开始任务；已存储的数据不会再次发送。',
  },
  'format-unsupported': { cause: '此处不能使用该镜像格式。', next: '请选择 raw 或 qcow2。' },
  'guest-stopped': { cause: '虚拟机在备份期间停止运行。', next: '请再次备份：关机状态的虚拟机同样可以读取。' },
  'host-not-found': { cause: '该主机已不存在。', next: '请在“主机”中重新添加。' },
  'host-in-use': { cause: '该主机的虚拟机上有任务正在进行。', next: '请等待任务结束或取消任务，然后再移除主机。' },
  'host-refused': { cause: '主机拒绝了请求。', next: '请检查该账户是否有权管理虚拟机；详细信息中有主机的原始说明。' },
  'host-unreachable': {
    cause: '主机没有响应。',
    next: '请检查主机是否在运行，地址和套接字是否正确。Stillpoint 会继续尝试。',
  },
  'host-unsupported': {
    cause: '主机不具备所需的功能。',
    next: '需要 libvirt 7.2 和 QEMU 4.2 或更新版本；详细信息中列出了缺少的功能。',
  },
  'identity-taken': {
    cause: '该主机上已有相同名称、UUID 或 MAC 地址的虚拟机。',
    next: '请使用其他名称；新虚拟机会得到自己的身份标识。',
  },
  'invalid-argument': { cause: '输入的内容无效。', next: '请检查各字段；详细信息指出了具体的字段。' },
  'key-slot-damaged': { cause: '该密码对应的密钥记录已损坏。', next: '请使用恢复助记词打开存储库。' },
  'machine-ambiguous': {
    cause: '有多台虚拟机符合条件。',
    next: '同一虚拟机存在于两台主机上，或两台虚拟机同名。请移除其中之一，或使用 UUID 指定。',
  },
  'machine-busy': { cause: '虚拟机正忙：其磁盘上有其他备份或块任务。', next: '请等待其完成或将其取消，然后重新开始。' },
  'machine-not-found': {
    cause: '在已连接的主机上找不到该虚拟机。',
    next: '请检查“主机”。其还原点仍然存在：可还原为新虚拟机。',
  },
  'machine-running': { cause: '虚拟机正在运行，现在不能覆盖其磁盘。', next: '请先关机，或还原为新虚拟机。' },
  'no-space': { cause: '写入位置已没有可用空间。', next: '请释放空间或选择其他位置，然后重新开始。' },
  'object-conflict': {
    cause: '另一个引擎同时写入了同一对象。',
    next: '请重新开始；若经常发生，请查明还有谁在使用该存储库。',
  },
  'object-damaged': {
    cause: '存储的数据与其校验值不符。',
    next: '请检查存储库所在的存储，并校验存储库以查明受影响的还原点。',
  },
  'object-missing': { cause: '存储的数据缺失。', next: '如果有人移动过存储库文件，请放回原处，然后校验存储库。' },
  'pack-missing': { cause: '部分存储的数据缺失。', next: '如果有人移动过存储库文件，请放回原处，然后校验存储库。' },
  'passphrase-wrong': {
    cause: '密码或恢复助记词无法打开该存储库。',
    next: '请检查大小写和键盘布局后重试；也可使用恢复助记词。',
  },
  'point-not-found': { cause: '该还原点不存在。', next: '请选择其他还原点；列表可能已经变化。' },
  'policy-not-found': { cause: '该策略已不存在。', next: '请查看策略列表；可能已在其他窗口中被移除。' },
  'repository-damaged': { cause: '存储库自身的记录已损坏。', next: '请勿再写入。请先校验，并在修复之前保留一份副本。' },
  'repository-exists': { cause: '该位置已有存储库。', next: '请改为打开它，或选择空文件夹或前缀。' },
  'repository-in-use': {
    cause: '该存储库正被任务或策略使用。',
    next: '请结束任务，或让策略改用其他存储库，然后再移除。',
  },
  'repository-locked': { cause: '存储库已锁定。', next: '请在“存储库”中使用密码或恢复助记词打开。' },
  'repository-not-found': { cause: '此处没有存储库。', next: '请检查文件夹，或在此创建存储库。' },
  'repository-rolled-back': {
    cause: '存储库的内容比本机曾见过的更旧。',
    next: '可能有人放回了旧副本。请先查明原因再继续：较新的还原点可能已丢失。',
  },
  'repository-too-new': { cause: '存储库由更新版本的 Stillpoint 写入。', next: '请更新 Stillpoint 后使用。' },
  'repository-unreachable': {
    cause: '无法访问存储库所在的文件夹或存储桶。',
    next: '请检查其磁盘或共享是否已挂载，或网络与存储桶的端点是否可用，然后重试。',
  },
  'run-not-found': { cause: '该任务已不存在。', next: '请在“任务”中查看当前的任务。' },
  'snapshot-not-found': { cause: '该虚拟机已没有这个快照。', next: '请重新查看其谱系；快照可能已在主机上被删除。' },
  'snapshot-refused': {
    cause: '此操作会危及虚拟机或其快照，因此没有执行。',
    next: '原因见详细信息。将还原点还原为新虚拟机始终是安全的。',
  },
  'target-exists': { cause: '目标位置已有内容。', next: '请选择空文件夹或其他名称；未经确认不会覆盖任何内容。' },
  'target-failed': { cause: '写入目标失败。', next: '请检查目标存储及其权限，然后重新开始。' },
  'tool-missing': {
    cause: '缺少所需的工具。',
    next: '请安装该工具（详细信息中有名称；Debian 上为 qemu-utils），然后重新开始。',
  },
  'clock-skewed': {
    cause: '本机时钟与存储服务的时钟相差过大。',
    next: '请校准本机时钟（NTP）。在时钟一致之前，不会删除或锁定任何内容。',
  },
  'credentials-refused': {
    cause: '存储服务拒绝了该账户，或该账户没有执行此操作的权限。',
    next: '请检查密钥和账户权限，并在“存储库”的“位置”中重新设置。仅追加的账户可以写入，但不能删除。',
  },
  'key-slot-not-found': { cause: '该密钥已不存在。', next: '请重新查看存储库的密钥；可能已在其他窗口中被移除。' },
  'lease-lost': {
    cause: '此引擎长时间没有响应，另一个引擎已接替它在存储库中的位置。',
    next: '请重新开始任务。已存储的数据会被找到，不会再次发送。',
  },
  'object-locked': {
    cause: '存储服务暂不允许删除：该对象处于锁定状态。',
    next: '无需处理。锁定结束后，之后的清理会将其删除。',
  },
  'repository-busy': { cause: '另一个引擎正在清理此存储库。', next: '请等待其完成；备份和还原可照常进行。' },
  'store-unsuitable': {
    cause: '该存储服务不具备备份安全所需的能力。',
    next: '请查看检测结果。请改用其他存储桶或服务；如果只缺少锁定能力，可不使用锁定。',
  },
  'file-not-found': {
    cause: '此还原点中没有该文件或文件夹。',
    next: '请查看该路径的各个版本，或选择该虚拟机的其他还原点。',
  },
  'file-system-damaged': {
    cause: '此处的文件系统已损坏，无法读取。',
    next: '其他文件夹可能完好。请尝试更早的还原点，或还原磁盘后在其中修复文件系统。',
  },
  'guest-refused': {
    cause: '虚拟机内的来宾代理拒绝了请求。',
    next: '请在虚拟机内确认代理正在运行并允许写入文件（详细信息中有其原话），或改为还原到文件夹。',
  },
  'volume-locked': {
    cause: '该卷已加密，此处没有它的密钥。',
    next: '请在卷旁输入其密码。',
  },
  'volume-not-found': {
    cause: '此还原点中没有该卷。',
    next: '请从列表中选择卷；当时的磁盘分区可能不同。',
  },
  'volume-unsupported': {
    cause: '此处无法读取该卷的文件。',
    next: '请还原磁盘或整个虚拟机。详细信息中说明了在该卷上发现的内容。',
  },
}
