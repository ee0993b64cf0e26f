import type { FailureCode } from '../../shared/failure.ts'

/** What happened, and what the reader can do now. */
export type Advice = { readonly cause: string; readonly next: string }

export const failuresEn: Readonly<Record<FailureCode, Advice>> = {
  bug: {
    cause: 'Stillpoint met something it did not foresee.',
    next: 'Copy the details and report them. Points that were finished before are not affected.',
  },
  cancelled: { cause: 'The run was cancelled.', next: 'Start it again when you like; nothing half-finished counts.' },
  'catalog-failed': {
    cause: 'The catalog on this machine could not be read or written.',
    next: 'Look at the space and the health of the disk that holds the state folder, then try again. Points in repositories are not concerned.',
  },
  'catalog-from-future': {
    cause: 'The catalog on this machine was written by a newer Stillpoint.',
    next: 'Start the newer version, or use another state folder.',
  },
  'checkpoint-lost': {
    cause: 'The host lost the record of changed blocks while the disk was being read.',
    next: 'Back up again; the disk is then read in full and compared.',
  },
  'disk-hostile': {
    cause: 'The disk image points at something outside its own folder, or its header is not to be trusted.',
    next: 'Find out where this image came from. Convert it to a plain image without backing or data file before you back it up.',
  },
  'disk-unreadable': {
    cause: 'The disk could not be read.',
    next: 'Check the storage below the disk and the rights on its file, then start again.',
  },
  'disk-unsupported': {
    cause: 'This kind of disk cannot be backed up.',
    next: 'Move the disk to a raw or qcow2 image, or back it up from inside the guest.',
  },
  'engine-died': {
    cause: 'The engine stopped while it was working.',
    next: 'It starts again by itself. Start the run again; what was already stored is not sent twice.',
  },
  'format-unsupported': {
    cause: 'This image format cannot be used here.',
    next: 'Choose raw or qcow2.',
  },
  'guest-stopped': {
    cause: 'The machine stopped while it was being backed up.',
    next: 'Back up again: a machine that is off can be read as well.',
  },
  'host-not-found': { cause: 'There is no such host any more.', next: 'Add the host again under Hosts.' },
  'host-in-use': {
    cause: 'Something is at work on machines of this host.',
    next: 'Wait for the runs to end, or cancel them, and remove the host then.',
  },
  'host-refused': {
    cause: 'The host refused the request.',
    next: 'Check that this account may manage machines there; the details hold the host’s own words.',
  },
  'host-unreachable': {
    cause: 'The host does not answer.',
    next: 'Check that it runs and that its address and socket are right. Stillpoint keeps trying.',
  },
  'host-unsupported': {
    cause: 'The host cannot do what this needs.',
    next: 'libvirt 7.2 and QEMU 4.2 or newer are needed; the details name what is missing.',
  },
  'identity-taken': {
    cause: 'A machine with this name, UUID or MAC address is already on that host.',
    next: 'Choose another name; a new machine gets an identity of its own.',
  },
  'invalid-argument': {
    cause: 'Something that was typed is not valid.',
    next: 'Check the fields; the details name the one.',
  },
  'key-slot-damaged': {
    cause: 'The record that this passphrase opens is damaged.',
    next: 'Open the repository with its recovery words.',
  },
  'machine-ambiguous': {
    cause: 'More than one machine fits.',
    next: 'The same machine is on two hosts, or two have one name. Remove one of them, or name it by its UUID.',
  },
  'machine-busy': {
    cause: 'The machine is busy: another backup or block job works on its disks.',
    next: 'Wait for it, or cancel it, then start again.',
  },
  'machine-not-found': {
    cause: 'The machine is on none of the connected hosts.',
    next: 'Check Hosts. Its points are still here: restore one as a new machine.',
  },
  'machine-running': {
    cause: 'The machine is running; its disks cannot be overwritten now.',
    next: 'Shut it down first, or restore as a new machine.',
  },
  'no-space': {
    cause: 'There is no space left where this writes.',
    next: 'Free some space there, or choose another place, then start again.',
  },
  'object-conflict': {
    cause: 'Another engine wrote the same object at the same time.',
    next: 'Start again; if it happens often, find out who else uses this repository.',
  },
  'object-damaged': {
    cause: 'Stored data does not match its checksum.',
    next: 'Check the storage of the repository, and verify it to see which points are affected.',
  },
  'object-missing': {
    cause: 'Stored data is missing.',
    next: 'Put the repository’s files back if somebody moved them, then verify the repository.',
  },
  'pack-missing': {
    cause: 'A part of the stored data is missing.',
    next: 'Put the repository’s files back if somebody moved them, then verify the repository.',
  },
  'passphrase-wrong': {
    cause: 'The passphrase or the recovery words do not open this repository.',
    next: 'Check capitals and keyboard layout and try again; or use the recovery words.',
  },
  'point-not-found': { cause: 'There is no such point.', next: 'Choose another one; the list may have changed.' },
  'policy-not-found': {
    cause: 'This policy does not exist any more.',
    next: 'Look at the list of policies; another window may have removed it.',
  },
  'repository-damaged': {
    cause: 'The repository’s own records are damaged.',
    next: 'Do not write to it. Verify it, and keep a copy before you repair anything.',
  },
  'repository-exists': {
    cause: 'This place already holds a repository.',
    next: 'Open it instead, or choose an empty folder or prefix.',
  },
  'repository-in-use': {
    cause: 'The repository is in use by a run or a policy.',
    next: 'End the run, or point the policy to another repository, and remove it then.',
  },
  'repository-locked': {
    cause: 'The repository is locked.',
    next: 'Open it under Repositories with its passphrase or recovery words.',
  },
  'repository-not-found': {
    cause: 'There is no repository here.',
    next: 'Check the folder, or create a repository there.',
  },
  'repository-rolled-back': {
    cause: 'The repository is older than what this machine has already seen in it.',
    next: 'Somebody may have put an old copy back. Find out before you go on: newer points may be gone.',
  },
  'repository-too-new': {
    cause: 'The repository was written by a newer Stillpoint.',
    next: 'Update Stillpoint to use it.',
  },
  'repository-unreachable': {
    cause: 'The repository’s folder or bucket cannot be reached.',
    next: 'Check that its disk or share is mounted, or that the network and the endpoint of its bucket answer, then try again.',
  },
  'run-not-found': { cause: 'There is no such run any more.', next: 'Look at Activity for the present ones.' },
  'snapshot-not-found': {
    cause: 'The machine has no such snapshot any more.',
    next: 'Look at its lineage again; somebody may have deleted it on the host.',
  },
  'snapshot-refused': {
    cause: 'This would endanger the machine or its snapshots, so it was not done.',
    next: 'Read the reason in the details. Restoring a point as a new machine is always safe.',
  },
  'target-exists': {
    cause: 'There is already something at the target.',
    next: 'Choose an empty folder or another name; nothing is overwritten unasked.',
  },
  'target-failed': {
    cause: 'Writing to the target failed.',
    next: 'Check the storage there and the rights on it, then start again.',
  },
  'tool-missing': {
    cause: 'A tool that this needs is not installed.',
    next: 'Install it (the details name it; qemu-utils on Debian), then start again.',
  },
  'clock-skewed': {
    cause: 'The clocks of this machine and of the store are too far apart.',
    next: 'Set the clock of this machine (NTP). Nothing is removed or locked until the clocks agree.',
  },
  'credentials-refused': {
    cause: 'The store refused this account, or the account may not do this.',
    next: 'Check key and secret and the rights of the account; set them again under Repositories, Place. Append-only accounts may write but not remove.',
  },
  'key-slot-not-found': {
    cause: 'There is no such key any more.',
    next: 'Look at the keys of the repository again; another window may have removed it.',
  },
  'lease-lost': {
    cause: 'This engine was silent for so long that another one took its place in the repository.',
    next: 'Start the run again. What was already stored is found and not sent twice.',
  },
  'object-locked': {
    cause: 'The store does not let this go yet: it is locked against deletion.',
    next: 'Nothing has to be done. It is removed by a later clean-up, when the lock has ended.',
  },
  'repository-busy': {
    cause: 'Another engine is cleaning up in this repository.',
    next: 'Wait until it is done; backups and restores go on meanwhile.',
  },
  'store-unsuitable': {
    cause: 'The store does not do what the safety of backups needs.',
    next: 'Read what the probe found. Choose another bucket or service, or leave out the lock if only that is missing.',
  },
  'file-not-found': {
    cause: 'The file or folder is not in this point.',
    next: 'Look at the versions of this path, or choose another point of the machine.',
  },
  'file-system-damaged': {
    cause: 'The file system is damaged here, so that this cannot be read from it.',
    next: 'Other folders may be whole. Try an older point, or restore the disk and repair the file system there.',
  },
  'guest-refused': {
    cause: 'The guest agent inside the machine refused.',
    next: 'Check in the guest that its agent runs and allows file writing (its own words are in the details), or restore to a folder instead.',
  },
  'volume-locked': {
    cause: 'The volume is encrypted, and its key is not known here.',
    next: 'Type its passphrase beside the volume.',
  },
  'volume-not-found': {
    cause: 'There is no such volume in this point.',
    next: 'Choose a volume from the list; the disks may have been divided otherwise at that time.',
  },
  'volume-unsupported': {
    cause: 'Nobody here can read this volume’s files.',
    next: 'Restore the disk or the whole machine. Its details say what was found on the volume.',
  },
}
