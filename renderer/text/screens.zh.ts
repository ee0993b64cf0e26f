import type { Screens } from './screens.en.ts'
import { activityZh } from './zh/activity.ts'
import { appZh } from './zh/app.ts'
import { backupZh } from './zh/backup.ts'
import { commonZh } from './zh/common.ts'
import { filesZh } from './zh/files.ts'
import { foldersZh } from './zh/folders.ts'
import { hostsZh } from './zh/hosts.ts'
import { lineageZh } from './zh/lineage.ts'
import { machineZh } from './zh/machine.ts'
import { machinesZh } from './zh/machines.ts'
import { navZh } from './zh/nav.ts'
import { overviewZh } from './zh/overview.ts'
import { paletteZh } from './zh/palette.ts'
import { policiesZh } from './zh/policies.ts'
import { repositoriesZh } from './zh/repositories.ts'
import { restoreZh } from './zh/restore.ts'
import { retentionZh } from './zh/retention.ts'
import { settingsZh } from './zh/settings.ts'
import { snapshotZh } from './zh/snapshot.ts'
import { startZh } from './zh/start.ts'
import { storeZh } from './zh/store.ts'
import { timelineZh } from './zh/timeline.ts'
import { upkeepZh } from './zh/upkeep.ts'
import { wizardZh } from './zh/wizard.ts'

export const screensZh: Screens = {
  activity: activityZh,
  app: appZh,
  backup: backupZh,
  common: commonZh,
  files: filesZh,
  folders: foldersZh,
  hosts: hostsZh,
  lineage: lineageZh,
  machine: machineZh,
  machines: machinesZh,
  nav: navZh,
  overview: overviewZh,
  palette: paletteZh,
  policies: policiesZh,
  repositories: repositoriesZh,
  restore: restoreZh,
  retention: retentionZh,
  settings: settingsZh,
  snapshot: snapshotZh,
  start: startZh,
  store: storeZh,
  timeline: timelineZh,
  upkeep: upkeepZh,
  wizard: wizardZh,
}
