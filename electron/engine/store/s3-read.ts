import { Failure } from '../../../shared/failure.ts'
import type { Opened } from './s3-api.ts'
import { sha256Of } from './s3-digest.ts'
import { WrongAnswer } from './s3-error.ts'

/** What no object of ours reaches; more is not taken into memory. */
const largestBytes = 256 * 1024 * 1024

export async function readWhole(opened: Opened): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readExactly(opened, opened.sizeBytes)
  if (opened.sha256 === undefined || opened.sha256.includes('-')) return bytes
  const found = Buffer.from(await sha256Of(bytes)).toString('base64')
  if (found !== opened.sha256) throw new WrongAnswer('An object is not what its checksum says', 'object-damaged')
  return bytes
}

/** `offset` and `lengthBytes` are what was asked for. A store that answers the whole object is not taken at its word. */
export async function readRange(opened: Opened, offset: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const told = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(opened.contentRange ?? '')
  const [first, last] = [Number(told?.[1]), Number(told?.[2])]
  if (first === offset && last < offset + lengthBytes - 1) {
    opened.body.destroy()
    throw new Failure('object-damaged', `It ends at ${last + 1}, short of ${offset + lengthBytes}`)
  }
  if (first !== offset || last !== offset + lengthBytes - 1) {
    opened.body.destroy()
    throw new WrongAnswer(`It answers ${opened.contentRange ?? 'no range'} for bytes ${offset} and on`)
  }
  return await readExactly(opened, lengthBytes)
}

async function readExactly({ body, sizeBytes }: Opened, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (sizeBytes !== lengthBytes || lengthBytes > largestBytes) {
    body.destroy()
    throw new WrongAnswer(`It answers ${sizeBytes} bytes`)
  }
  const bytes = new Uint8Array(lengthBytes)
  let at = 0
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    if (at + piece.length > lengthBytes) throw new WrongAnswer('It answers more bytes than it says')
    bytes.set(piece, at)
    at += piece.length
  }
  if (at !== lengthBytes) throw new WrongAnswer(`It answers ${at} bytes and says ${lengthBytes}`)
  return bytes
}
