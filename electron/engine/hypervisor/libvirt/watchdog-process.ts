import { setTimeout as delay } from 'node:timers/promises'
import { type LibvirtConnection, openConnection } from './connection.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import { parseUri } from './uri.ts'
import { armed, disarm, watchOf } from './watchdog-command.ts'

/** A thaw may overtake a freeze that the dead engine had still asked for: it has to hold for this long. */
const settledMs = 5000
const giveUpMs = 120_000
const pollMs = 500

/** Waits for the word that all is well. Anything else, the engine's death before all, and the guest is thawed. */
async function watch(uri: string, machineId: string, limitMs: number): Promise<void> {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
  await using first = await openConnection(parseUri(uri, process.env), AbortSignal.timeout(10_000))
  process.stdout.write(`${armed}\n`)
  process.stdout.on('error', () => undefined)
  if ((await Promise.race([lastWord(), delay(limitMs, undefined, { ref: false })])) === disarm) return
  await thawForGood(uri, machineId, first)
}

/** Everything said until the pipe ends, which it does when the engine dies. */
async function lastWord(): Promise<string> {
  let said = ''
  for await (const piece of process.stdin) said += String(piece)
  return said.trim()
}

async function thawForGood(uri: string, machineId: string, first: LibvirtConnection): Promise<void> {
  const end = performance.now() + giveUpMs
  let thawedAt: number | undefined
  while (performance.now() < end) {
    const state = await thawOnce(uri, machineId, first)
    if (state === 'gone') return
    if (state === 'frozen') thawedAt = undefined
    else thawedAt ??= performance.now()
    if (thawedAt !== undefined && performance.now() - thawedAt > settledMs) return
    await delay(pollMs)
  }
}

/** Over the first connection as long as it lives; libvirt may have been restarted meanwhile. */
async function thawOnce(
  uri: string,
  machineId: string,
  first: LibvirtConnection,
): Promise<'thawed' | 'frozen' | 'gone'> {
  const signal = AbortSignal.timeout(40_000)
  try {
    if (!first.lost.aborted) return await thawOver(first, machineId, signal)
    await using connection = await openConnection(parseUri(uri, process.env), signal)
    return await thawOver(connection, machineId, signal)
  } catch (error) {
    return isLibvirtError(error, errors.noDomain, errors.operationInvalid) ? 'gone' : 'frozen'
  }
}

async function thawOver(
  connection: LibvirtConnection,
  machineId: string,
  signal: AbortSignal,
): Promise<'thawed' | 'frozen'> {
  await connection.guest.thaw(machineId, signal)
  const status = await connection.guest.agent(machineId, '{"execute":"guest-fsfreeze-status"}', 5, signal)
  return status.includes('"thawed"') ? 'thawed' : 'frozen'
}

const watched = watchOf(process.argv)
if (watched !== undefined) await watch(watched.uri, watched.machineId, watched.limitMs)
process.exit()
