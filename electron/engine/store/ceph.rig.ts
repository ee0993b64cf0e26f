import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import type { Credentials, S3Address } from '../../../shared/repository.ts'
import { run } from '../base/run.ts'

/** A Ceph of one node with its S3 gateway, on loopback, its data in memory. Debian: ceph-mon ceph-osd radosgw ceph-common. */
export type Ceph = AsyncDisposable & {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string
  readonly port: number
  readonly credentials: Credentials
  /** A new bucket; object lock brings versions along. */
  bucket(options?: { readonly versioning?: boolean; readonly lock?: boolean }): Promise<S3Address>
  /** The gateway alone: an outage. Its data stays. */
  stop(): Promise<void>
  /** As `stop`, but it has no time to end what it does. */
  kill(): Promise<void>
  start(): Promise<void>
}

const endless = new AbortController().signal

export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stillpoint-ceph-'))
  const daemons = new Daemons(folder)
  try {
    const [monitorPort, port] = await freePorts()
    await writeFile(path.join(folder, 'ceph.conf'), configOf(daemons.cluster, folder, monitorPort, port))
    for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) await mkdir(path.join(folder, name))
    await startCluster(daemons, folder, monitorPort)
    await daemons.start('radosgw', ['-n', 'client.rgw'], 'client.rgw')
    await untilAnswers(port)
    return await cephOf(daemons, port)
  } catch (thrown) {
    await daemons[Symbol.asyncDispose]()
    throw thrown
  }
}

async function cephOf(daemons: Daemons, port: number): Promise<Ceph> {
  const credentials = { accessKeyId: 'test', secretAccessKey: randomBytes(20).toString('hex') }
  const keys = [`--access-key=${credentials.accessKeyId}`, `--secret-key=${credentials.secretAccessKey}`]
  const user = ['user', 'create', '--uid=test', '--display-name=test', '--max-buckets=0', ...keys]
  await daemons.run('radosgw-admin', ['-n', 'client.rgw', ...user])
  const endpoint = `http://127.0.0.1:${port}`
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  return {
    endpoint,
    port,
    credentials,
    async bucket({ versioning = false, lock = false } = {}) {
      const Bucket = `test-${randomBytes(6).toString('hex')}`
      await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }))
      if (versioning) {
        const VersioningConfiguration = { Status: 'Enabled' } as const
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
      }
      return { kind: 's3', endpoint, region: 'us-east-1', bucket: Bucket, prefix: '', pathStyle: true }
    },
    stop: () => daemons.stop('client.rgw', true),
    kill: () => daemons.stop('client.rgw'),
    async start() {
      await daemons.start('radosgw', ['-n', 'client.rgw'], 'client.rgw')
      await untilAnswers(port)
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await daemons[Symbol.asyncDispose]()
    },
  }
}

async function startCluster(daemons: Daemons, folder: string, monitorPort: number): Promise<void> {
  const map = path.join(folder, 'monmap')
  const monitor = ['--create', '--addv', 'a', `[v1:127.0.0.1:${monitorPort}]`, '--fsid', daemons.cluster, map]
  await daemons.run('monmaptool', monitor, false)
  await daemons.run('ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map])
  await daemons.start('ceph-mon', ['-i', 'a'], 'mon.a')
  const disk = randomUUID()
  await insist(() => daemons.run('ceph', ['osd', 'new', disk, '0']))
  await daemons.run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', disk])
  await daemons.start('ceph-osd', ['-i', '0'], 'osd.0')
}

/** The daemons of one cluster: each tells its process id in a file, and is ended by it. */
class Daemons implements AsyncDisposable {
  readonly cluster: string = randomUUID()
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async run(tool: string, args: readonly string[], withConfig = true): Promise<void> {
    const config = withConfig ? ['-c', path.join(this.#folder, 'ceph.conf')] : []
    await run(tool, [...config, ...args], {}, AbortSignal.timeout(60_000))
  }

  /** Comes back when the daemon has gone into the background. */
  async start(tool: string, args: readonly string[], name: string): Promise<void> {
    await insist(async () => {
      await this.stop(name)
      await this.run(tool, args)
    })
    if ((await this.#idOf(name)) === undefined) throw new Error(`${tool} did not start; see ${this.#folder}/log`)
  }

  async stop(name: string, graceful = false): Promise<void> {
    const id = await this.#idOf(name)
    if (id === undefined) return
    process.kill(id, graceful ? 'SIGTERM' : 'SIGKILL')
    for (let tries = 0; tries < 200 && isAlive(id); tries++) await delay(50)
    if (isAlive(id)) process.kill(id, 'SIGKILL')
    await rm(this.#idFile(name), { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of ['client.rgw', 'osd.0', 'mon.a']) await this.stop(name)
    await rm(this.#folder, { recursive: true, force: true })
  }

  #idFile(name: string): string {
    return path.join(this.#folder, 'run', `${name}.pid`)
  }

  async #idOf(name: string): Promise<number | undefined> {
    const text = await readFile(this.#idFile(name), 'utf8').catch(() => '')
    return /^\d+/.test(text) ? Number.parseInt(text, 10) : undefined
  }
}

/** A monitor that has just started now and then refuses what it takes a moment later (EPERM, 'wrong fsid'). */
async function insist(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (thrown) {
      if (tries === 20) throw thrown
      await delay(200)
    }
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

async function untilAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answered = await fetch(`http://127.0.0.1:${port}/`, { signal: endless }).catch(() => undefined)
    await answered?.arrayBuffer()
    if (answered?.ok) return
    await delay(100)
  }
  throw new Error(`The gateway does not answer on port ${port}`)
}

/** Held together, so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const
  const ports = await Promise.all(
    servers.map(async (server) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.listen(0, '127.0.0.1', resolve)
      await promise
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
  )
  for (const server of servers) server.close()
  return [ports[0] ?? 0, ports[1] ?? 0]
}

/** Facts: Ceph's configuration reference. One copy of everything, in memory, without keys between the daemons. */
function configOf(cluster: string, folder: string, monitorPort: number, port: number): string {
  return `[global]
fsid = ${cluster}
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
mon_host = [v1:127.0.0.1:${monitorPort}]
public_network = 127.0.0.0/8
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
run_dir = ${folder}/run
admin_socket = ${folder}/run/$name.asok
log_file = ${folder}/log/$name.log
pid_file = ${folder}/run/$name.pid
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_crush_chooseleaf_type = 0
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 500
[mon]
mon_data = ${folder}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 2
[osd]
osd_data = ${folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_op_num_shards = 2
osd_class_load_list = *
osd_class_default_list = *
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:${port}
rgw_data = ${folder}/rgw
rgw_enable_usage_log = false
rgw_gc_obj_min_wait = 10
rgw_dynamic_resharding = false
rgw_thread_pool_size = 64
`
}
