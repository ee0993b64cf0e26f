/** An access past a disk's end is a bug of the caller, never a failure of the disk. */
export function needOnDisk(sizeBytes: number, offset: number, lengthBytes: number): void {
  if (offset < 0 || lengthBytes < 0 || offset + lengthBytes > sizeBytes) {
    throw new RangeError(`${lengthBytes} bytes at ${offset} do not lie on a disk of ${sizeBytes} bytes`)
  }
}
