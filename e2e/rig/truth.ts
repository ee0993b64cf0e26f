import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { BackupSession, Hypervisor } from '../../electron/engine/hypervisor/hypervisor.ts'
import { virsh } from './virsh.ts'

const run = promisify(execFile)

/** Reads every disk of a session whole, by QEMU's own tools, into raw files: `pathOf(pointId, disk)`. */
export type Truth = { pathOf(pointId: string, disk: string): string }

/**
 * A host whose every session is read whole by somebody else before the backup may begin: what the point holds is compared
 * with it later. A running machine is read from the server that libvirt made for this very session, within the same moment; a
 * machine that is off, from its image.
 */
export function withTruth(host: Hypervisor, truth: Truth, imageOf: (disk: string) => string): Hypervisor {
  return {
    ...host,
    async beginBackup(request, signal) {
      const session = await host.beginBackup(request, signal)
      try {
        await readWhole(session, request.machineId, (disk) => truth.pathOf(request.pointId, disk), imageOf)
        return session
      } catch (thrown) {
        await session[Symbol.asyncDispose]()
        throw thrown
      }
    },
  }
}

async function readWhole(
  session: BackupSession,
  machineId: string,
  pathOf: (disk: string) => string,
  imageOf: (disk: string) => string,
): Promise<void> {
  const isOff = session.consistency === 'off'
  const socket = isOff ? '' : await serverSocket(machineId)
  for (const { name } of session.disks) {
    if (isOff) await convert('qcow2', imageOf(name), pathOf(name))
    else await convert('raw', `nbd+unix:///${name}?socket=${socket}`, pathOf(name))
  }
}

async function serverSocket(machineId: string): Promise<string> {
  const socket = /<server transport='unix' socket='([^']+)'/.exec(await virsh('backup-dumpxml', machineId))?.[1]
  if (socket === undefined) throw new Error('libvirt names no socket for the backup')
  return socket
}

async function convert(format: string, from: string, to: string): Promise<void> {
  if (format !== 'raw') {
    // A reader of the image itself would meet the engine's own; a copy disturbs nobody.
    await copyFile(from, `${to}.copy`)
    await run('qemu-img', ['convert', '-f', format, '-O', 'raw', `${to}.copy`, to])
    return
  }
  await run('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', from, to])
}
