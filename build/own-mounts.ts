/**
 * What a command begins with so that mounts made below it are its own, where this user may have such. Libvirt gives each guest a
 * copy of all mounts that it sees, and a file system of which there is a copy is not done with when a test unmounts it: the next
 * mount of the same file shows the old state.
 */
export function ownMounts(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['unshare', '--mount'] : []
}

/** Tests that have guests of the host's one libvirt, which sees no mounts but the host's. */
export function hasGuests(file: string): boolean {
  return /hypervisor\/libvirt\/|^e2e\//.test(file)
}
