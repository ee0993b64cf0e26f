import * as z from 'zod/mini'
import { run, runId } from './job.ts'
import { diskFormat, host, hostAddress, hostId, machine, machineId } from './machine.ts'
import { method, point, pointId } from './point.ts'
import { repository, repositoryId, storeAddress } from './repository.ts'

type Call<A extends z.ZodMiniType, R extends z.ZodMiniType> = { readonly argument: A; readonly result: R }

function call<A extends z.ZodMiniType, R extends z.ZodMiniType>(argument: A, result: R): Call<A, R> {
  return { argument, result }
}

/** Text that a person typed once and that no log may show. */
const secret = z.string().check(z.minLength(1), z.maxLength(1024))
const folder = z.string().check(z.minLength(1), z.maxLength(4096))

export const unlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passphrase'), passphrase: secret }),
  z.object({ kind: z.literal('recovery-words'), words: secret }),
])
export type Unlock = z.infer<typeof unlock>

export const restoreTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('images'), folder, format: diskFormat, disk: z.optional(z.string()) }),
  z.object({
    kind: z.literal('new-machine'),
    name: z.string().check(z.minLength(1), z.maxLength(200)),
    hostId,
    /** Folder on the host for the new disks; by default where the point's own disks lay, or libvirt's image folder. */
    storage: z.optional(folder),
  }),
  z.object({ kind: z.literal('in-place') }),
])
export type RestoreTarget = z.infer<typeof restoreTarget>

/** Every call of the engine: what goes in, what comes out. A new call is one line here and one handler in `engine.ts`. */
export const calls = {
  addHost: call(z.object({ address: hostAddress }), z.object({ hostId })),
  listHosts: call(z.null(), z.array(host)),
  removeHost: call(z.object({ hostId }), z.null()),
  listMachines: call(z.null(), z.array(machine)),
  createRepository: call(
    z.object({ address: storeAddress, passphrase: secret }),
    z.object({ repositoryId, recoveryWords: z.string() }),
  ),
  openRepository: call(z.object({ address: storeAddress, unlock }), z.object({ repositoryId })),
  listRepositories: call(z.null(), z.array(repository)),
  startBackup: call(z.object({ machineId, repositoryId, method }), z.object({ runId })),
  startRestore: call(z.object({ pointId, target: restoreTarget }), z.object({ runId })),
  startVerify: call(
    z.object({ repositoryId: z.optional(repositoryId), pointId: z.optional(pointId) }),
    z.object({ runId }),
  ),
  cancelRun: call(z.object({ runId }), z.null()),
  listRuns: call(z.object({ limit: z.number().check(z.int(), z.minimum(1), z.maximum(1000)) }), z.array(run)),
  showRun: call(z.object({ runId }), run),
  listPoints: call(z.object({ machineId: z.optional(machineId) }), z.array(point)),
  showPoint: call(z.object({ pointId }), point),
  createSample: call(z.object({ folder }), z.object({ machineId, hostId })),
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
export type Argument<N extends CallName> = z.infer<Calls[N]['argument']>
export type Result<N extends CallName> = z.infer<Calls[N]['result']>

/** What the engine says unasked. `run` carries the whole run; the `…Changed` events say only that a list is worth asking for again. */
export const events = {
  run,
  hostsChanged: z.null(),
  machinesChanged: z.null(),
  pointsChanged: z.null(),
  repositoriesChanged: z.null(),
} as const

export type EventName = keyof typeof events
export type EventValue<N extends EventName> = z.infer<(typeof events)[N]>

/**
 * One function per call. The engine implements it; the other side holds a `connect`ed twin.
 * `S` is the platform's AbortSignal: this folder knows neither Node nor the DOM.
 */
export type Handlers<S> = {
  readonly [N in CallName]: (argument: Argument<N>, signal: S) => Promise<Result<N>>
}
