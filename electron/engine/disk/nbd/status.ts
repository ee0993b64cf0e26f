import { Failure } from '../../../../shared/failure.ts'
import { KiB } from '../../../../shared/units.ts'
import type { StatusExtent } from './call.ts'
import type { NbdConnection } from './connection.ts'
import { broken } from './handshake.ts'
import { commands } from './protocol.ts'

/** The longest range that every server takes: 2 GiB less a block. */
const rangeBytes = 2 ** 31 - 64 * KiB
/** More borders than any image has that a backup could finish; stops a server that invents them. */
const extentLimit = 2 ** 24

/** What one meta context says of the whole export: without gaps, neighbours of equal flags joined. */
export async function blockStatus(
  connection: NbdConnection,
  context: string,
  signal: AbortSignal,
): Promise<readonly StatusExtent[]> {
  const { sizeBytes, contexts } = connection.export
  const contextId = contexts.get(context)
  if (contextId === undefined) throw new Failure('disk-unsupported', `The NBD server was not asked for ${context}`)
  const joined: StatusExtent[] = []
  for (let offset = 0; offset < sizeBytes; ) {
    const lengthBytes = Math.min(rangeBytes, sizeBytes - offset)
    const extents = await connection.request({ command: commands.blockStatus, offset, lengthBytes, contextId }, signal)
    for (const extent of extents) append(joined, extent, sizeBytes)
    // A server may answer less than was asked, but not nothing.
    const end = extents.at(-1)?.end
    if (end === undefined) throw broken(`it says nothing of ${context} at ${offset}`)
    offset = end
    if (joined.length > extentLimit) throw broken(`${context} has more than ${extentLimit} extents`)
  }
  return joined
}

/** The last extent of an answer may reach past the range that was asked for, never past the disk. */
function append(joined: StatusExtent[], extent: StatusExtent, sizeBytes: number): void {
  const last = joined.at(-1)
  const end = Math.min(extent.end, sizeBytes)
  if (end <= extent.start) return
  if (last?.flags === extent.flags) joined[joined.length - 1] = { ...last, end }
  else joined.push({ ...extent, end })
}
