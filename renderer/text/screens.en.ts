import { activityEn } from './en/activity.ts'
import { appEn } from './en/app.ts'
import { backupEn } from './en/backup.ts'
import { commonEn } from './en/common.ts'
import { filesEn } from './en/files.ts'
import { foldersEn } from './en/folders.ts'
import { hostsEn } from './en/hosts.ts'
import { lineageEn } from './en/lineage.ts'
import { machineEn } from './en/machine.ts'
import { machinesEn } from './en/machines.ts'
import { navEn } from './en/nav.ts'
import { overviewEn } from './en/overview.ts'
import { paletteEn } from './en/palette.ts'
import { policiesEn } from './en/policies.ts'
import { repositoriesEn } from './en/repositories.ts'
import { restoreEn } from './en/restore.ts'
import { retentionEn } from './en/retention.ts'
import { settingsEn } from './en/settings.ts'
import { snapshotEn } from './en/snapshot.ts'
import { startEn } from './en/start.ts'
import { storeEn } from './en/store.ts'
import { timelineEn } from './en/timeline.ts'
import { upkeepEn } from './en/upkeep.ts'
import { wizardEn } from './en/wizard.ts'

/** All words of the screens, a file for each part of the window. The Chinese twin has exactly these keys, or does not compile. */
export const screensEn = {
  activity: activityEn,
  app: appEn,
  backup: backupEn,
  common: commonEn,
  files: filesEn,
  folders: foldersEn,
  hosts: hostsEn,
  lineage: lineageEn,
  machine: machineEn,
  machines: machinesEn,
  nav: navEn,
  overview: overviewEn,
  palette: paletteEn,
  policies: policiesEn,
  repositories: repositoriesEn,
  restore: restoreEn,
  retention: retentionEn,
  settings: settingsEn,
  snapshot: snapshotEn,
  start: startEn,
  store: storeEn,
  timeline: timelineEn,
  upkeep: upkeepEn,
  wizard: wizardEn,
}
export type Screens = typeof screensEn
