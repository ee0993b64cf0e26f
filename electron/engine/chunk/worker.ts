import { parentPort, workerData } from 'node:worker_threads'
import { Bench } from './bench.ts'
import type { Notice, Order, WorkerSettings } from './errand.ts'
import { checkPrimitives } from './primitives.ts'

/** The entry of a compute thread. */

checkPrimitives()
const { plants } = workerData as WorkerSettings
const bench = new Bench(plants, (answer, transfer) => parentPort?.postMessage(answer, transfer))
parentPort?.on('message', (message: Order | Notice) => bench.take(message))
