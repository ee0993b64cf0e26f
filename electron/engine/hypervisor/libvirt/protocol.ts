/**
 * Numbers of libvirt's RPC. They are the wire's own and never change once given; each procedure here was seen on the wire
 * between libvirt 9.0's own client and daemon.
 */

export const programs = { remote: 0x2000_8086, qemu: 0x2000_8087, keepalive: 0x6b65_6570 } as const

/** Version 1 of every program above. */
export const protocolVersion = 1

export const messageTypes = { call: 0, reply: 1, event: 2, stream: 3 } as const

export const statuses = { ok: 0, error: 1, more: 2 } as const

export const keepaliveProcedures = { ping: 1, pong: 2 } as const

export const qemuProcedures = { monitorCommand: 1, agentCommand: 3 } as const

export const procedures = {
  connectOpen: 1,
  connectClose: 2,
  connectVersion: 4,
  connectCapabilities: 7,
  domainCreateXml: 10,
  domainXml: 14,
  domainLookupByName: 23,
  domainLookupByUuid: 24,
  domainResume: 28,
  domainSuspend: 34,
  connectHostname: 59,
  connectSupportsFeature: 60,
  authList: 66,
  authPolkit: 70,
  connectLibraryVersion: 157,
  domainAbortJob: 164,
  snapshotCreate: 185,
  snapshotXml: 186,
  snapshotCurrent: 191,
  snapshotRevert: 192,
  snapshotDelete: 193,
  domainBlockInfo: 194,
  domainCreate: 196,
  domainOpenConsole: 201,
  domainScreenshot: 211,
  domainState: 212,
  domainUndefine: 231,
  domainDestroy: 234,
  blockJobAbort: 237,
  blockJobInfo: 238,
  blockResize: 251,
  domainShutdown: 258,
  connectListDomains: 273,
  snapshotList: 274,
  domainJobStats: 298,
  eventRegister: 316,
  domainFreeze: 335,
  domainThaw: 336,
  connectDomainCapabilities: 342,
  connectDomainStats: 344,
  blockCopy: 345,
  domainDefine: 350,
  closeCallbackRegister: 360,
  checkpointCreate: 411,
  checkpointXml: 412,
  checkpointList: 413,
  checkpointDelete: 417,
  backupBegin: 421,
  backupXml: 422,
} as const

/** Procedure numbers of the messages that the host sends unasked. */
export const eventProcedures = {
  lifecycle: 318,
  deviceRemoved: 333,
  blockJob: 339,
  agent: 348,
  deviceAdded: 354,
  connectionClosed: 362,
  jobCompleted: 363,
} as const

/** What `eventRegister` is asked for (virDomainEventID). */
export const eventIds = {
  lifecycle: 0,
  deviceRemoved: 15,
  blockJob: 16,
  agent: 18,
  deviceAdded: 19,
  jobCompleted: 21,
} as const

export const authTypes = { none: 0, sasl: 1, polkit: 2 } as const

/** Of `connectSupportsFeature`; asking for it also makes the daemon start its own pings. */
export const keepaliveFeature = 10

/** Flags by call. libvirt refuses those that it does not know. */
export const flags = {
  xml: { secure: 1, inactive: 2 },
  list: { active: 1, transient: 8, hasSnapshot: 4096 },
  define: { validate: 1 },
  start: { paused: 1, autodestroy: 2 },
  undefine: { snapshotsMetadata: 2, nvram: 4, keepNvram: 8, checkpointsMetadata: 16 },
  shutdown: { agent: 2 },
  checkpointCreate: { redefine: 1 },
  checkpointList: { topological: 2 },
  checkpointXml: { secure: 1, noDomain: 2, sizes: 4 },
  checkpointDelete: { children: 1, metadataOnly: 2 },
  snapshotList: { topological: 1024 },
  snapshotCreate: { diskOnly: 16, atomic: 128, live: 256 },
  snapshotRevert: { running: 1 },
  snapshotDelete: { metadataOnly: 2 },
  blockCopy: { transientJob: 4 },
  blockJobAbort: { pivot: 2 },
  blockResize: { bytes: 1 },
  console: { force: 1 },
  /** Which groups of figures, and how: `noWait` leaves out what a busy machine cannot tell at once. */
  stats: { state: 1, block: 32 },
  statsHow: { noWait: 0x2000_0000 },
} as const

/** Error numbers of libvirt (virErrorNumber) that somebody here tells apart. */
export const errors = {
  noSupport: 3,
  invalidArgument: 8,
  domainExists: 28,
  operationDenied: 29,
  noDomain: 42,
  authFailed: 45,
  operationInvalid: 55,
  configUnsupported: 67,
  operationTimeout: 68,
  noSnapshot: 72,
  argumentUnsupported: 74,
  operationAborted: 78,
  operationUnsupported: 84,
  agentUnresponsive: 86,
  resourceBusy: 87,
  noCheckpoint: 103,
  noBackup: 104,
  checkpointInconsistent: 109,
} as const
