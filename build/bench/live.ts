import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectNbd } from '../../electron/engine/disk/nbd/client.ts'
import { KiB } from '../../shared/units.ts'
import { startLibvirt } from '../test-host.ts'
import { type Contender, missing, type Place } from './contender.ts'
import { differing, type Input } from './input.ts'
import { ask, createRepository, stillpoint } from './ours.ts'

/** The same disk under a running guest (which has nothing to boot and does not write), the second day by dirty bitmap. */
export async function liveContenders(input: Input): Promise<readonly Contender[]> {
  await startLibvirt()
  const image = path.join(input.folder, 'day1.qcow2')
  if (!existsSync(image)) execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', input.day1, image])
  return [live(input, image), virtnbdbackup(input, image)]
}

type Guest = { readonly name: string; readonly image: string }

const guests = new WeakMap<Place, Guest>()
const repositories = new WeakMap<Place, string>()

function guestOf(place: Place): Guest {
  const guest = guests.get(place)
  if (guest === undefined) throw new Error('prepare did not run')
  return guest
}

function startGuest(place: Place, image: string): void {
  const guest = { name: `sp-bench-${randomUUID().slice(0, 8)}`, image: path.join(place.machines, 'guest.qcow2') }
  execFileSync('cp', ['--sparse=always', image, guest.image])
  const xml = `<domain type='qemu'><name>${guest.name}</name><memory unit='MiB'>128</memory><os><type>hvm</type></os>
    <seclabel type='none'/><devices><disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/>
    <source file='${guest.image}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`
  const definition = path.join(place.machines, 'guest.xml')
  writeFileSync(definition, xml)
  execFileSync('virsh', ['-q', 'define', definition])
  start(guest.name)
  guests.set(place, guest)
}

/** Paused at once: firmware that finds nothing to boot would take one core from whoever is timed. */
function start(name: string): void {
  execFileSync('virsh', ['-q', 'start', '--paused', name])
}

/** Clean shut-down keeps the bitmaps in the image; QEMU's own NBD server then tracks what the second day writes. */
async function liveOneDay(place: Place, input: Input): Promise<void> {
  const { name, image } = guestOf(place)
  execFileSync('virsh', ['-q', 'destroy', '--graceful', name])
  const socketPath = path.join(place.machines, 'day.sock')
  const server = spawn('qemu-nbd', ['-f', 'qcow2', '-k', socketPath, image], { stdio: 'ignore' })
  const ended = new Promise((resolve) => server.once('close', resolve))
  while (!existsSync(socketPath)) await delay(20)
  const signal = new AbortController().signal
  {
    await using disk = await connectNbd({ socketPath, exportName: '', contexts: [], connections: 1 }, signal)
    const source = openSync(input.day2, 'r')
    for (const { start, length } of differing(input.day1, input.day2, 64 * KiB)) {
      const bytes = Buffer.alloc(length)
      readSync(source, bytes, 0, length, start)
      await disk.write(start, bytes, signal)
    }
    await disk.flush(signal)
  }
  await ended
  start(name)
}

function endGuest(place: Place): void {
  const guest = guests.get(place)
  if (guest === undefined) return
  for (const args of [
    ['destroy', guest.name],
    ['undefine', guest.name, '--checkpoints-metadata'],
  ]) {
    try {
      execFileSync('virsh', ['-q', ...args], { stdio: 'ignore' })
    } catch {
      // It was off or gone already.
    }
  }
}

const home = (place: Place): string => path.join(place.state, 'home')

function live(input: Input, image: string): Contender {
  return {
    name: 'Stillpoint, live guest',
    missing: missing('libvirtd', 'libvirt-daemon-system'),
    prepare: async (place) => {
      startGuest(place, image)
      repositories.set(place, createRepository(home(place), path.join(place.state, 'repo')))
      ask(home(place), 'host', 'add', '--libvirt', 'qemu:///system')
    },
    full: async (place) => backup(place, 'full'),
    second: async (place) => {
      await liveOneDay(place, input)
      return backup(place, 'incremental')
    },
    clear: async (place) => endGuest(place),
  }
}

function backup(place: Place, method: string): ReturnType<typeof stillpoint> {
  const repository = repositories.get(place) ?? ''
  return stillpoint(home(place), 'backup', guestOf(place).name, '--repository', repository, '--method', method)
}

function virtnbdbackup(input: Input, image: string): Contender {
  const command = (place: Place, level: string) => {
    const target = path.join(place.state, 'backup')
    return { program: 'virtnbdbackup', args: ['-d', guestOf(place).name, '-l', level, '-o', target, '--compress'] }
  }
  return {
    name: 'virtnbdbackup lz4',
    missing: missing('virtnbdbackup', 'virtnbdbackup'),
    prepare: async (place) => {
      startGuest(place, image)
      mkdirSync(path.join(place.state, 'backup'), { recursive: true })
    },
    full: async (place) => command(place, 'full'),
    second: async (place) => {
      await liveOneDay(place, input)
      return command(place, 'inc')
    },
    clear: async (place) => endGuest(place),
  }
}
