import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What happens to connections from now on, also to those that are open. */
export type Chaos =
  | { readonly kind: 'none' }
  /** Bytes of both sides vanish; nothing is closed, and new connections are taken in. */
  | { readonly kind: 'black-hole' }
  /** Every connection is reset, at once or as soon as it is made. */
  | { readonly kind: 'reset' }
  /** So many requests' answers are thrown away after the server gave them; their connections are reset. */
  | { readonly kind: 'lose-replies'; count: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

export type ChaosProxy = AsyncDisposable & {
  readonly port: number
  set(chaos: Chaos): void
  /** Bytes that came from the client so far, and how many connections it made. */
  readonly seen: { readonly sentBytes: number; readonly connections: number; readonly repliesLost: number }
}

/** A line to a port of this machine that can be cut, lose, delay and starve what goes over it. `isLost` picks the replies that are. */
export async function chaosProxy(
  targetPort: number,
  isLost: (requestHead: string) => boolean = () => true,
): Promise<ChaosProxy> {
  const seen = { sentBytes: 0, connections: 0, repliesLost: 0 }
  const sockets = new Set<Socket>()
  const state: { chaos: Chaos } = { chaos: { kind: 'none' } }
  const server = createServer((client) => {
    seen.connections++
    if (state.chaos.kind === 'reset') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(targetPort, '127.0.0.1')
    const line: Line = { client, upstream, seen, state, isLost, head: '' }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        if (state.chaos.kind !== 'black-hole') for (const each of [client, upstream]) each.destroy()
      })
    }
    forward(line, client, upstream)
    forward(line, upstream, client)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen,
    set(chaos) {
      state.chaos = chaos
      if (chaos.kind === 'reset') for (const socket of sockets) socket.resetAndDestroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
}

type Line = {
  readonly client: Socket
  readonly upstream: Socket
  readonly seen: { sentBytes: number; repliesLost: number }
  readonly state: { chaos: Chaos }
  readonly isLost: (requestHead: string) => boolean
  /** The first bytes of the request under way. */
  head: string
}

function forward(line: Line, from: Socket, to: Socket): void {
  from.on('data', (bytes) => {
    from.pause()
    pass(line, from, to, bytes)
      .then(() => from.resume())
      .catch(() => from.destroy())
  })
  from.on('end', () => to.end())
}

async function pass(line: Line, from: Socket, to: Socket, bytes: Buffer): Promise<void> {
  const { chaos } = line.state
  const isRequest = from === line.client
  if (isRequest) {
    line.seen.sentBytes += bytes.length
    if (/^[A-Z]+ \//.test(bytes.subarray(0, 16).toString('latin1')))
      line.head = bytes.subarray(0, 512).toString('latin1')
  }
  if (chaos.kind === 'black-hole') return
  if (chaos.kind === 'lose-replies' && !isRequest && loses(line, chaos, bytes)) return
  if (chaos.kind === 'delay') await delay(chaos.delayMs)
  if (chaos.kind === 'slow') return await trickle(line, to, bytes)
  to.write(bytes)
}

/** A leave to go on with a body is no reply. */
function loses(line: Line, chaos: Extract<Chaos, { kind: 'lose-replies' }>, bytes: Buffer): boolean {
  if (chaos.count <= 0 || !line.isLost(line.head)) return false
  if (bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 100') return false
  chaos.count--
  line.seen.repliesLost++
  line.client.resetAndDestroy()
  line.upstream.destroy()
  return true
}

async function trickle(line: Line, to: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { chaos } = line.state
    if (chaos.kind !== 'slow' || to.destroyed) {
      to.write(bytes.subarray(at))
      return
    }
    const pieceBytes = Math.max(1, Math.floor(chaos.bytesPerSecond / 20))
    to.write(bytes.subarray(at, at + pieceBytes))
    at += pieceBytes
    await delay(50)
  }
}
