import { damaged, u16 } from './fields.ts'

/** Of whatever sector size the disk is: the stride of fixups. */
const strideBytes = 512

/**
 * Undoes the update sequence of a record that was read, in place: the last two bytes of each 512 were replaced by a number when it was
 * written, so that a write that was cut off shows. Fails with `file-system-damaged` for another signature and for such a write.
 */
export function undoFixups(record: Buffer, signature: 'FILE' | 'INDX' | 'RSTR', name: string): void {
  const found = record.toString('latin1', 0, 4)
  if (found !== signature) throw damaged(`${name} begins with ${JSON.stringify(found)}, not with ${signature}`)
  const sequenceAt = u16(record, 4)
  const strides = record.length / strideBytes
  const room = strideBytes - 2 - 2 * (strides + 1)
  if (u16(record, 6) !== strides + 1 || sequenceAt > room || sequenceAt % 2 !== 0) {
    throw damaged(`${name} has no update sequence`)
  }
  const written = u16(record, sequenceAt)
  for (let stride = 0; stride < strides; stride++) {
    const end = (stride + 1) * strideBytes - 2
    if (u16(record, end) !== written) throw damaged(`${name} was written only in part`)
    record.writeUInt16LE(u16(record, sequenceAt + 2 + stride * 2), end)
  }
}
