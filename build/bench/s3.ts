import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { type Ceph, startCeph } from '../../electron/engine/store/ceph.rig.ts'
import { openS3Store } from '../../electron/engine/store/s3.ts'
import type { S3Address } from '../../shared/repository.ts'
import { type Contender, missing, type Place } from './contender.ts'
import { imageFile, makeRepository } from './ours.ts'
import { resticIn } from './peers.ts'

/**
 * The same disk to a bucket of a Ceph gateway on loopback. Whoever's turn it is gets a Ceph of his own, whose objects lie in
 * memory: nothing that somebody left behind, or that the gateway is still clearing away, slows down the next.
 */
type Gateway = { readonly ceph: Ceph; readonly bucket: S3Address }

const gateways = new WeakMap<Place, Gateway>()

function gatewayOf(place: Place): Gateway {
  const gateway = gateways.get(place)
  if (gateway === undefined) throw new Error('prepare did not run')
  return gateway
}

async function start(place: Place): Promise<Gateway> {
  const ceph = await startCeph()
  const gateway = { ceph, bucket: await ceph.bucket() }
  gateways.set(place, gateway)
  return gateway
}

async function storedBytes(place: Place): Promise<number> {
  const { bucket, ceph } = gatewayOf(place)
  const signal = new AbortController().signal
  const options = { address: bucket, credentials: ceph.credentials, clock: systemClock }
  await using store = await openS3Store(options, signal)
  let sum = 0
  for await (const { sizeBytes } of store.list('', signal)) sum += sizeBytes
  return sum
}

const noCeph = [
  missing('ceph-mon', 'ceph-mon'),
  missing('ceph-osd', 'ceph-osd'),
  missing('radosgw', 'radosgw'),
  missing('radosgw-admin', 'radosgw'),
  missing('ceph', 'ceph-common'),
].find((reason) => reason !== undefined)

async function clear(place: Place): Promise<void> {
  await gateways.get(place)?.ceph[Symbol.asyncDispose]()
}

const ours = imageFile('Stillpoint, image file to S3', noCeph, async (place, home) => {
  const { bucket, ceph } = await start(place)
  mkdirSync(home, { recursive: true })
  const credentialsFile = path.join(home, 'credentials.json')
  writeFileSync(credentialsFile, JSON.stringify(ceph.credentials), { mode: 0o600 })
  const site = ['--s3', `s3://${bucket.bucket}`, '--endpoint', ceph.endpoint, '--path-style']
  return makeRepository(home, ...site, '--credentials-file', credentialsFile)
})

const restic = resticIn('restic to S3', (place) => {
  const { bucket, ceph } = gatewayOf(place)
  const { accessKeyId, secretAccessKey } = ceph.credentials
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  return { repository: `s3:${ceph.endpoint}/${bucket.bucket}`, env }
})

export const s3Contenders: readonly Contender[] = [
  { ...ours, clear, storedBytes },
  {
    ...restic,
    missing: restic.missing ?? noCeph,
    prepare: async (place) => {
      await start(place)
      await restic.prepare(place)
    },
    clear,
    storedBytes,
  },
]
