import { existsSync, mkdirSync, watch } from 'node:fs'
import path from 'node:path'
import { workerData } from 'node:worker_threads'

/**
 * The engine's thread, which dies without a word when `die` appears in its home, and as long as that is there the next one
 * does not get ready. It takes nothing else of the process along: leaving a worker ends that thread alone.
 */
const { home } = workerData as { readonly home: string }
const die = path.join(home, 'die')
const { promise: mayLive, resolve: live } = Promise.withResolvers<void>()
mkdirSync(home, { recursive: true })
let isAlive = false
watch(home, () => {
  const isWanted = existsSync(die)
  if (isAlive && isWanted) process.exit(9)
  if (!isWanted) live()
})
if (existsSync(die)) await mayLive
isAlive = true
await import('../../electron/engine/thread.ts')
