import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLibvirt } from '../../build/test-host.ts'
import { type DiskOptions, makeDisk } from './guest-disk.ts'
import { guestSystem } from './guest-system.ts'
import { type GuestDisk, guestXml } from './guest-xml.ts'
import { removeDomain } from './remove-domain.ts'
import { until } from './until.ts'
import { virsh } from './virsh.ts'

export type GuestOptions = {
  /** Goes into the domain's name: `sp-test-<name>-<random>`. */
  readonly name: string
  readonly disks: readonly DiskOptions[]
  /** Whether the guest has an agent; true unless said otherwise. */
  readonly agent?: boolean
  /** Whether to boot it and wait for READY; true unless said otherwise. */
  readonly start?: boolean
  /** A domain that the host forgets when it stops. */
  readonly transient?: boolean
  readonly memoryMiB?: number
  /** Further XML inside `<devices>`. */
  readonly devices?: string
  /** XML inside `<os>` instead of the direct kernel boot. */
  readonly os?: string
}

/** A virtual machine of our own under software emulation. Disposing removes the domain, what belongs to it, and its files. */
export type Guest = AsyncDisposable & {
  readonly name: string
  readonly uuid: string
  /** Private to this guest, readable by the hypervisor. */
  readonly folder: string
  readonly xml: string
  /** Disks given at creation: vda, vdb, … */
  readonly disks: readonly GuestDisk[]
  /** Boots and waits for READY (and the agent's first answer). */
  start(): Promise<void>
  /** Pulls the plug. */
  destroy(): Promise<void>
  /** Kills QEMU itself, as a crash or the kernel would, and waits until the host has noticed. */
  kill(): Promise<void>
  /** Switches off in order, through the agent. */
  shutDown(): Promise<void>
  /** Standard output of a shell command inside the guest; rejects when it does not end with 0. */
  sh(command: string): Promise<string>
  /** Everything the guest ever said on its serial console. */
  serial(): Promise<string>
  waitForSerial(text: string): Promise<void>
  /** Process id of the guest's QEMU. */
  pid(): Promise<number>
  state(): Promise<string>
}

/** Builds the images, defines the domain and boots it. Starts libvirtd where it does not run. */
export async function createGuest(options: GuestOptions): Promise<Guest> {
  await startLibvirt()
  const folder = await mkdtemp(join(tmpdir(), 'sp-test-'))
  await chmod(folder, 0o755)
  const name = `sp-test-${options.name}-${randomBytes(4).toString('hex')}`
  const uuid = randomUUID()
  const dispose = async () => {
    await removeDomain(uuid)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const disks = await makeDisks(folder, options.disks)
    const xml = guestXml({
      name,
      uuid,
      system: await guestSystem(),
      disks,
      agent: options.agent ?? true,
      serialLog: join(folder, 'serial.log'),
      memoryMiB: options.memoryMiB ?? 128,
      devices: options.devices ?? '',
      os: options.os,
    })
    const guest = handle({ name, uuid, folder, xml, disks, options, dispose })
    await writeFile(join(folder, 'domain.xml'), xml)
    if (options.transient !== true) await virsh('define', join(folder, 'domain.xml'))
    if (options.start !== false) await guest.start()
    return guest
  } catch (error) {
    await dispose()
    throw error
  }
}

async function makeDisks(folder: string, disks: readonly DiskOptions[]): Promise<readonly GuestDisk[]> {
  return Promise.all(
    disks.map(async (options, index) => {
      const name = `vd${String.fromCharCode(97 + index)}`
      const path = join(folder, `${name}.${options.format}`)
      await makeDisk(path, options)
      return { name, path, format: options.format }
    }),
  )
}

type Facts = Pick<Guest, 'name' | 'uuid' | 'folder' | 'xml' | 'disks'> & {
  readonly options: GuestOptions
  readonly dispose: () => Promise<void>
}

function handle({ options, dispose, ...facts }: Facts): Guest {
  const { uuid, folder } = facts
  const serial = () => readFile(join(folder, 'serial.log'), 'latin1').catch(() => '')
  const boots = async () => (await serial()).match(/^READY/gm)?.length ?? 0
  const state = () => virsh('domstate', uuid).catch(() => 'gone')
  const isOff = async () => ['shut off', 'gone'].includes(await state())
  const guest: Guest = {
    ...facts,
    async start() {
      const before = await boots()
      await (options.transient === true ? virsh('create', join(folder, 'domain.xml')) : virsh('start', uuid))
      await until('the guest says READY', async () => (await boots()) > before)
      if (options.agent !== false) await guest.sh('true')
    },
    async destroy() {
      await virsh('destroy', uuid)
    },
    async kill() {
      process.kill(await guest.pid(), 'SIGKILL')
      await until('the host notices', isOff)
    },
    async shutDown() {
      await virsh('shutdown', uuid, '--mode', 'agent')
      await until('the guest is off', isOff)
    },
    sh: (command) => guestShell(uuid, command),
    serial,
    async waitForSerial(text) {
      await until(`the serial console says ${text}`, async () => (await serial()).includes(text))
    },
    async pid() {
      return Number(await readFile(`/run/libvirt/qemu/${facts.name}.pid`, 'utf8'))
    },
    state,
    [Symbol.asyncDispose]: dispose,
  }
  return guest
}

type ExecStatus = {
  readonly exited: boolean
  readonly exitcode?: number
  readonly 'out-data'?: string
  readonly 'err-data'?: string
}

/** Standard output of a shell command in any machine whose agent listens; rejects when it does not end with 0. */
export async function guestShell(uuid: string, command: string): Promise<string> {
  const started = (await agentCall(uuid, {
    execute: 'guest-exec',
    arguments: { path: '/bin/sh', arg: ['-c', command], 'capture-output': true },
  })) as { pid: number }
  const status = await until(`the guest has run: ${command}`, async () => {
    const now = (await agentCall(uuid, { execute: 'guest-exec-status', arguments: { pid: started.pid } })) as ExecStatus
    return now.exited ? now : undefined
  })
  const text = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString()
  if (status.exitcode !== 0) throw new Error(`In the guest: ${command}: ${status.exitcode} ${text(status['err-data'])}`)
  return text(status['out-data']).trimEnd()
}

async function agentCall(uuid: string, command: object): Promise<unknown> {
  const answer = await until('the guest agent answers', () =>
    virsh('qemu-agent-command', uuid, '--timeout', '10', JSON.stringify(command)).catch(retryable),
  )
  return (JSON.parse(answer) as { return: unknown }).return
}

/** Right after the start the agent's channel is there before the agent. */
function retryable(error: Error): undefined {
  if (/agent is not (connected|responding)|not available/i.test(error.message)) return undefined
  throw error
}
