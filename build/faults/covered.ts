/**
 * Faults that are covered by tests which stand beside what they test and count nothing themselves. Each row lists the
 * beginnings of their names: one that no test bears any more is a bad row, so that the matrix cannot outlive its tests.
 */
export type Covered = {
  readonly fault: string
  readonly phase: string
  /** Below electron/engine. */
  readonly suite: string
  readonly tests: readonly string[]
}

const libvirt = 'hypervisor/libvirt'

export const covered: readonly Covered[] = [
  {
    fault: 'F1',
    phase: 'restore',
    suite: 'proof/kill-restore.integ.test.ts',
    tests: ['killed while it overwrites in place, a restore done again', 'killed while it makes a new machine'],
  },
  {
    fault: 'F1',
    phase: 'creation of a repository',
    suite: 'repository/crash.test.ts',
    tests: ['a creation that was cut off anywhere'],
  },
  {
    fault: 'F3',
    phase: 'put in a folder',
    suite: 'store/local.integ.test.ts',
    tests: ['after one failed fsync the draft', 'a second failed fsync', 'a folder that cannot be synced'],
  },
  {
    fault: 'F4',
    phase: 'backup, verify',
    suite: 'proof/full-disk.integ.test.ts',
    tests: ['a repository on a full disk'],
  },
  {
    fault: 'F4',
    phase: 'policies',
    suite: 'policies/scheduler.test.ts',
    tests: ['a catalog that refuses to be written'],
  },
  { fault: 'F5', phase: 'threads', suite: 'chunk/pool-failures.test.ts', tests: [''] },
  {
    fault: 'F6',
    phase: 'verify, restore',
    suite: 'proof/repository-faults.test.ts',
    tests: ['with one slot damaged', 'any flipped bit of config', 'a flipped bit or a hole', 'of damaged '],
  },
  {
    fault: 'F6',
    phase: 'next backup',
    suite: 'jobs/verify.test.ts',
    tests: ['damage fails the run', 'what a verification found damaged'],
  },
  {
    fault: 'F8',
    phase: 'policies',
    suite: 'policies/scheduler.test.ts',
    tests: ['a clock that goes back three hours', 'a clock that jumps forty days ahead'],
  },
  { fault: 'F8', phase: 'runs', suite: 'jobs/standing-still.test.ts', tests: [''] },
  { fault: 'F9', phase: 'backup', suite: 'repository/draft.test.ts', tests: ['two engines that write one repository'] },
  { fault: 'F9', phase: 'policies', suite: 'policies/scheduler.test.ts', tests: ['two engines on one home'] },
  {
    fault: 'F8',
    phase: 'sweep',
    suite: 'repository/sweep.test.ts',
    tests: ['clocks that are more than five minutes apart'],
  },
  {
    fault: 'F8',
    phase: 'upkeep',
    suite: 'policies/upkeep.test.ts',
    tests: ['what a person did meanwhile', 'a clock that was wrong by years'],
  },
  { fault: 'F8', phase: 'locks', suite: 'repository/locks.test.ts', tests: ['a console whose clock is wrong'] },
  { fault: 'F9', phase: 'creation', suite: 'repository/create.test.ts', tests: ['of two consoles that make'] },
  {
    fault: 'F9',
    phase: 'two sweeps, sweep and backup',
    suite: 'repository/sweep.test.ts',
    tests: ['two engines do not sweep at once', 'what a backup under way relies on'],
  },
  {
    fault: 'F9',
    phase: 'sweep and verification',
    suite: 'repository/verify.test.ts',
    tests: ['what a sweep takes away'],
  },
  {
    fault: 'F10',
    phase: 'backup',
    suite: 'repository/lease.test.ts',
    tests: ['a dead holder is released', 'a writer that was taken for dead', 'a point whose packs were swept'],
  },
  { fault: 'F10', phase: 'resume', suite: 'repository/resume.test.ts', tests: ['a run that dies at any call'] },
  { fault: 'F12', phase: 'resume', suite: 'repository/resume.test.ts', tests: ['a listing that leaves out packs'] },
  {
    fault: 'F13',
    phase: 'create on Ceph',
    suite: 'store/s3.integ.test.ts',
    tests: ['of many that create one object', 'a reply that is lost after the commit'],
  },
  {
    fault: 'F14',
    phase: 'TLS',
    suite: 'store/s3-trust.test.ts',
    tests: ['a certificate that nobody vouches', 'an authority of one’s own', 'a pinned certificate'],
  },
  {
    fault: 'F14',
    phase: 'credentials on Ceph',
    suite: 'store/s3.integ.test.ts',
    tests: ['a wrong secret and an unknown account'],
  },
  { fault: 'F19', phase: 'rebuild', suite: 'catalog/rebuild.test.ts', tests: ['a lost catalog comes back'] },
  {
    fault: 'F22',
    phase: 'verify',
    suite: 'repository/verify.test.ts',
    tests: ['a verification that is cut off', 'packs that were read lately'],
  },
  {
    fault: 'F22',
    phase: 'prune, at every store call',
    suite: 'repository/sweep.test.ts',
    tests: ['a cycle that is cut off'],
  },
  {
    fault: 'F22',
    phase: 'keys, at every store call',
    suite: 'repository/slots.test.ts',
    tests: ['wherever a change of a way in is cut off'],
  },
  {
    fault: 'F22',
    phase: 'copy, at every store call',
    suite: 'jobs/copy-points.test.ts',
    tests: ['a copying that is cut off'],
  },
  {
    fault: 'F22',
    phase: 'repair',
    suite: 'jobs/upkeep.test.ts',
    tests: ['a mending whose lease was lost begins again'],
  },
  {
    fault: 'F13',
    phase: 'commit',
    suite: 'repository/damage.test.ts',
    tests: ['a fork of the ledger', 'an entry of another repository'],
  },
  {
    fault: 'F15',
    phase: 'backup',
    suite: 'jobs/backup-faults.test.ts',
    tests: ['a host that vanishes in the middle'],
  },
  {
    fault: 'F15',
    phase: 'reading',
    suite: 'disk/nbd/client.integ.test.ts',
    tests: ['reads fail while', 'a server that is killed'],
  },
  {
    fault: 'F15',
    phase: 'a disk that grows',
    suite: `${libvirt}/disk-changes.integ.test.ts`,
    tests: ['a disk that grew is read to its new end'],
  },
  { fault: 'F16', phase: 'backup', suite: `${libvirt}/bitmap-faults.integ.test.ts`, tests: [''] },
  {
    fault: 'F16',
    phase: 'increments',
    suite: 'jobs/backup.test.ts',
    tests: ['over 200 rounds of writes', 'a disk whose bitmap is lost', 'checkpoints that are gone'],
  },
  { fault: 'F17', phase: 'backup', suite: `${libvirt}/freeze.integ.test.ts`, tests: ['a guest goes on when'] },
  { fault: 'F17', phase: 'the watchdog', suite: `${libvirt}/watchdog.integ.test.ts`, tests: [''] },
  {
    fault: 'F18',
    phase: 'a host that restarts or hangs',
    suite: `${libvirt}/host.integ.test.ts`,
    tests: ['a host keeps its id across daemons', 'a daemon that hangs is given up'],
  },
  {
    fault: 'F18',
    phase: 'backup of a guest that stops',
    suite: `${libvirt}/session-end.integ.test.ts`,
    tests: ['a guest that stops while it is read', 'what an engine leaves that was killed'],
  },
  {
    fault: 'F19',
    phase: 'start',
    suite: 'catalog/catalog.test.ts',
    tests: ['points rebuilt from a repository', 'a catalog from the future', 'a catalog '],
  },
  { fault: 'F19', phase: 'the whole engine', suite: 'engine.test.ts', tests: ['a lost catalog comes back'] },
  {
    fault: 'F20',
    phase: 'opening',
    suite: 'repository/damage.test.ts',
    tests: ['a repository of a later version', 'an unknown required feature'],
  },
  { fault: 'F20', phase: 'old repositories', suite: 'repository/golden.test.ts', tests: [''] },
  { fault: 'F21', phase: 'opening, backup', suite: 'proof/many-points.test.ts', tests: [''] },
  {
    fault: 'F23',
    phase: 'restore',
    suite: 'proof/full-disk.integ.test.ts',
    tests: ['a target that fills', 'a read-only target'],
  },
  {
    fault: 'F23',
    phase: 'restore to a host',
    suite: 'jobs/restore.test.ts',
    tests: ['image files hold what the disks held', 'a target that fills, a host that vanishes', 'a file for a folder'],
  },
  { fault: 'F24', phase: 'a chunk thread', suite: 'chunk/pool-failures.test.ts', tests: [''] },
  {
    fault: 'F24',
    phase: 'the engine',
    suite: 'thread.test.ts',
    tests: ['the run of an engine that died'],
  },
  {
    fault: 'F25',
    phase: 'opening',
    suite: 'proof/repository-faults.test.ts',
    tests: ['a wrong passphrase and wrong words', 'with one slot damaged'],
  },
]

/** Faults that nothing here covers, each with the reason. */
export const uncovered: ReadonlyMap<string, string> = new Map([
  ['F26', 'there is no audit log yet, so that no disk of it can fill'],
])

export const titles: Readonly<Record<string, string>> = {
  F1: 'SIGKILL at every mutating call',
  F2: 'power cut, torn and reordered writes',
  F3: 'EIO once or for ever',
  F4: 'ENOSPC',
  F5: 'short write, EMFILE, out of memory',
  F6: 'bit rot, truncated, zeroed, missing, swapped objects',
  F7: 'lying fsync',
  F8: 'clock −3 h, +40 d, suspend',
  F9: 'two writers, two sweeps, sweep during backup',
  F10: 'dead lease holder',
  F11: 'S3 outage, reset, lost reply, black hole, 503, 1 KB/s',
  F12: 'LIST omits, repeats, fails on page 2',
  F13: '412/409, existing object with other bytes',
  F14: 'token expired, TLS failure',
  F15: 'NBD server dies, EIO range, disk grows',
  F16: 'bitmap lost, checkpoint missing, renamed, cloned',
  F17: 'frozen guest and the engine dies',
  F18: 'libvirtd restarts, machine stops',
  F19: 'catalog lost, corrupt, old, from the future',
  F20: 'old app on new repository and the reverse',
  F21: 'huge folders, many points, many chunks',
  F22: 'interrupted verify, repair, prune, rekey, twice',
  F23: 'restore target fills, vanishes, exists, is read-only',
  F24: 'worker, window, main process dies',
  F25: 'passphrase wrong, slot damaged',
  F26: 'audit disk full',
}
