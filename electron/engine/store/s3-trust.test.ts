import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import type { S3Address } from '../../../shared/repository.ts'
import { systemClock } from '../base/clock.ts'
import { run } from '../base/run.ts'
import { openS3Store } from './s3.ts'
import { s3Double, type TlsFiles } from './s3-double.rig.ts'

const signal = new AbortController().signal
const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-trust-'))
after(() => rm(scratch, { recursive: true, force: true }))

/** A certificate that nobody signed but itself. */
async function selfSigned(name: string, subject: string): Promise<TlsFiles> {
  const [key, cert] = [path.join(scratch, `${name}.key`), path.join(scratch, `${name}.pem`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=test', '-addext', `subjectAltName=${subject}`]
  await run('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], {}, signal)
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}

const here = await selfSigned('here', 'IP:127.0.0.1')
const elsewhere = await selfSigned('elsewhere', 'DNS:elsewhere.example')
const fingerprintOf = ({ cert }: TlsFiles): string =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()

async function opens(server: TlsFiles, trust: Pick<S3Address, 'ca' | 'fingerprint'>): Promise<'yes' | number> {
  await using double = await s3Double(server)
  const { endpoint, bucket } = double
  const address: S3Address = {
    kind: 's3',
    endpoint,
    region: 'us-east-1',
    bucket,
    prefix: '',
    pathStyle: true,
    ...trust,
  }
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const opening = openS3Store({ address, credentials, clock: systemClock }, signal)
  try {
    await using store = await opening
    await Promise.all([1, 2, 3].map((each) => store.put(`packs/${each}`, new Uint8Array(3_000_000), signal)))
    return 'yes'
  } catch (thrown) {
    assert.ok(thrown instanceof Error && 'code' in thrown && thrown.code === 'repository-unreachable', String(thrown))
    return double.requests.length
  }
}

test('a certificate that nobody vouches for is refused at once, and nothing is sent to it', async () => {
  assert.equal(await opens(here, {}), 0)
  assert.equal(await opens(here, { ca: elsewhere.cert }), 0)
})

test('an authority of one’s own is trusted for the names that it signed, not for others', async () => {
  assert.equal(await opens(here, { ca: here.cert }), 'yes')
  assert.equal(await opens(elsewhere, { ca: elsewhere.cert }), 0)
})

test('a pinned certificate is trusted whoever signed it, and no other one is, not even with an authority', async () => {
  assert.equal(await opens(elsewhere, { fingerprint: fingerprintOf(elsewhere) }), 'yes')
  assert.equal(await opens(here, { fingerprint: fingerprintOf(elsewhere) }), 0)
  assert.equal(await opens(here, { fingerprint: fingerprintOf(elsewhere), ca: here.cert }), 0)
})
