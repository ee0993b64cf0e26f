import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import { Failure } from '../../../../shared/failure.ts'
import { repositoryId } from '../../../../shared/repository.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import { FieldReader, join, u16, u32 } from './bytes.ts'
import { keyBytes } from './key.ts'

/** The first object that is read, and the last that creation writes (FORMAT.md §5). */
const config = z.object({
  repositoryId,
  chunkBytes: z.number().check(
    z.int(),
    z.minimum(4 * KiB),
    z.maximum(4 * MiB),
    z.refine((bytes) => Number.isInteger(Math.log2(bytes))),
  ),
  epoch: z.number().check(z.int(), z.minimum(1), z.maximum(0xffff_ffff)),
  requiredFeatures: z.array(z.string()),
  createdAt: z.number(),
})
export type Config = z.infer<typeof config>

const magic = Buffer.from('SPRC')
const version = 1
const what = 'config'
const knownFeatures: ReadonlySet<string> = new Set()

export function encodeConfig(value: Config, configKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(JSON.stringify(value))
  const head = join(magic, u16(version), u16(0), u32(body.length), body)
  return join(head, mac(configKey, head))
}

/**
 * Looks at nothing but magic and version, which stand there before any key: `repository-too-new` when a later version made
 * it, `repository-damaged` when it is not one of ours.
 */
export function checkConfigVersion(bytes: Uint8Array): void {
  const head = Buffer.from(bytes.subarray(0, 6))
  if (head.length < 6 || !head.subarray(0, 4).equals(magic)) {
    throw new Failure('repository-damaged', 'config does not begin as one of ours')
  }
  const found = head.readUInt16LE(4)
  if (found > version)
    throw new Failure('repository-too-new', `The repository has format ${found}, this knows ${version}`)
  if (found !== version) throw new Failure('repository-damaged', `config names format ${found}`)
}

/** Undefined when the MAC is not that of `configKey`; nothing is parsed then. */
export function decodeConfig(bytes: Uint8Array, configKey: Uint8Array): Config | undefined {
  const macAt = bytes.length - keyBytes
  if (macAt < 0 || !timingSafeEqual(mac(configKey, bytes.subarray(0, macAt)), bytes.subarray(macAt))) return undefined
  const fields = new FieldReader(bytes.subarray(0, macAt), what)
  fields.expect(magic, 'its magic')
  fields.expect(u16(version), 'its version')
  fields.expect(u16(0), 'a reserved field')
  const body = fields.take(fields.u32())
  fields.end()
  return config.parse(JSON.parse(body.toString()))
}

function mac(configKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac('sha256', configKey).update(bytes).digest()
}

/** Format 1 knows none yet. */
export function isKnownFeature(feature: string): boolean {
  return knownFeatures.has(feature)
}
