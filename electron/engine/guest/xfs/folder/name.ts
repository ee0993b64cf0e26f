/** A name of a folder and the inode it stands for. */
export type NamedInode = { readonly name: Buffer; readonly inode: number }

/** `xfs_da_hashname`: seven bits of turn per byte. */
export function hashOfName(name: Uint8Array): number {
  let hash = 0
  for (const byte of name) hash = byte ^ ((hash << 7) | (hash >>> 25))
  return hash >>> 0
}

/** Where case does not matter: that of ISO 8859-1, whatever the names are in (`xfs_ascii_ci_xfrm`). */
export function lowered(name: Uint8Array): Buffer {
  return Buffer.from(name.map((byte) => (isUpper(byte) ? byte + 0x20 : byte)))
}

function isUpper(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7)
}

export function isOwnOrParent(name: Uint8Array): boolean {
  return name.every((byte) => byte === 0x2e) && name.length <= 2
}
