import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { idOf } from './chunk-samples.suite.ts'
import { Table, TableReader, tableBytes } from './table.ts'

test('every id is found where it was said to be, and no other is', () => {
  const table = new Table()
  const records = 5000
  for (let number = 0; number < records; number++) table.insert(idOf(number), number % 7, number)
  for (let number = 0; number < records; number++) {
    assert.deepEqual(table.find(idOf(number)), { pack: number % 7, ordinal: number, trusted: true })
  }
  for (let number = records; number < records * 2; number++) assert.equal(table.has(idOf(number)), false)
})

test('a table made for so many records takes them without growing, and grows for one more', () => {
  const records = 3000
  const table = new Table(records)
  const { buffer } = table
  for (let number = 0; number < records; number++) table.insert(idOf(number), 1, number)
  assert.equal(table.buffer, buffer)
  assert.equal(buffer.byteLength, tableBytes(records))
  table.insert(idOf(records), 1, records)
  assert.notEqual(table.buffer, buffer)
  assert.ok(records / (buffer.byteLength / 24) <= 0.75)
})

test('who reads the table that was replaced still finds what it held', () => {
  const table = new Table()
  table.insert(idOf(1), 4, 2)
  const old = new TableReader(table.buffer)
  table.reserve(10_000)
  table.insert(idOf(2), 5, 6)
  assert.equal(old.has(idOf(1)), true)
  assert.equal(old.has(idOf(2)), false)
  assert.equal(new TableReader(table.buffer).has(idOf(2)), true)
})

test('removing a pack forgets its ids only, also where others lie behind them', () => {
  const table = new Table(768)
  for (let number = 0; number < 768; number++) table.insert(idOf(number), number % 2, number)
  table.change(new Map([[0, 'remove']]))
  for (let number = 0; number < 768; number++) assert.equal(table.has(idOf(number)), number % 2 === 1, `id ${number}`)
  table.reserve(10_000)
  for (let number = 0; number < 768; number++) assert.equal(table.has(idOf(number)), number % 2 === 1, `id ${number}`)
})

test('an id of a distrusted pack is found but not relied on, until another pack has it', () => {
  const table = new Table()
  table.insert(idOf(1), 0, 9)
  table.change(new Map([[0, 'distrust']]))
  assert.equal(table.has(idOf(1)), false)
  assert.deepEqual(table.find(idOf(1)), { pack: 0, ordinal: 9, trusted: false })
  table.change(new Map([[0, 'trust']]))
  assert.equal(table.has(idOf(1)), true)
  table.change(new Map([[0, 'distrust']]))
  table.insert(idOf(1), 1, 3)
  assert.equal(table.has(idOf(1)), true)
  assert.deepEqual(table.find(idOf(1)), { pack: 1, ordinal: 3, trusted: true })
  table.reserve(10_000)
  table.change(new Map([[1, 'remove']]))
  assert.deepEqual(table.find(idOf(1)), { pack: 0, ordinal: 9, trusted: false })
})

test('a thread that reads while another writes never misses what was there and never sees what was not', async () => {
  const records = 60_000
  const table = new Table(records)
  const done = new SharedArrayBuffer(4)
  const source = `
    import { workerData, parentPort } from 'node:worker_threads'
    const { tableFile, samplesFile, buffer, done, records } = workerData
    const { TableReader } = await import(tableFile)
    const samples = await import(samplesFile)
    const reader = new TableReader(buffer)
    const count = new Int32Array(done)
    let wrong = 0
    parentPort.postMessage('ready')
    for (let round = 0, known = 0; known < records; round++) {
      known = Atomics.load(count, 0)
      const number = known === 0 ? 0 : (round * 7919) % known
      const found = reader.find(samples.idOf(number))
      if (known > 0 && (found?.ordinal !== number || found.pack !== number % 5)) wrong++
      if (reader.has(samples.idOf(records + round))) wrong++
    }
    parentPort.postMessage(wrong)`
  const [tableFile, samplesFile] = ['./table.ts', './chunk-samples.suite.ts'].map((file) => import.meta.resolve(file))
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: { tableFile, samplesFile, buffer: table.buffer, done, records },
  })
  const messages: unknown[] = []
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (message) => {
      messages.push(message)
      if (message === 'ready') fillTable(table, records, new Int32Array(done))
    })
    worker.once('exit', () => resolve())
    worker.once('error', reject)
  })
  await ended
  assert.deepEqual(messages, ['ready', 0])
})

function fillTable(table: Table, records: number, done: Int32Array): void {
  for (let number = 0; number < records; number++) {
    table.insert(idOf(number), number % 5, number)
    Atomics.store(done, 0, number + 1)
  }
}
