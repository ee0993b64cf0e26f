import assert from 'node:assert/strict'
import test from 'node:test'
import { blockKinds, type LogHeader } from './header.ts'
import { scanLog } from './scan.ts'

const log: LogHeader = {
  blockBytes: 1024,
  first: 1,
  end: 20,
  start: 1,
  sequence: 7,
  wide: false,
  asyncCommit: false,
  checksums: 'none',
  checksumSeed: 0,
  fastCommits: undefined,
}

function logBlock(kind: number, sequence: number, ...words: readonly number[]): Buffer {
  const block = Buffer.alloc(1024)
  for (const [i, word] of [0xc03b3998, kind, sequence, ...words].entries()) block.writeUInt32BE(word, i * 4)
  return block
}

const lastTag = 8 | 2
const change = (sequence: number, block: number): readonly Buffer[] => [
  logBlock(blockKinds.descriptor, sequence, block, lastTag),
  Buffer.alloc(1024, block),
]
const revoke = (sequence: number, block: number): Buffer => logBlock(blockKinds.revocation, sequence, 20, block)
const commit = (sequence: number): Buffer => logBlock(blockKinds.commit, sequence)

async function scanned(blocks: readonly Buffer[], signal: AbortSignal) {
  const { blocks: logged } = await scanLog(log, async (at) => blocks[at - 1] ?? Buffer.alloc(1024), signal)
  return logged.map(({ block, at, sequence }) => ({ block, at, sequence }))
}

test('what a transaction revokes is void in it and before, and counts again after', async (t) => {
  const first = [...change(7, 50), commit(7)]
  const second = [...change(8, 51), revoke(8, 50), revoke(8, 51), commit(8)]
  assert.deepEqual(await scanned([...first, ...second], t.signal), [])
  const third = [...change(9, 50), commit(9)]
  assert.deepEqual(await scanned([...first, ...second, ...third], t.signal), [{ block: 50, at: 10, sequence: 9 }])
})

test('a transaction without its commit neither changes nor revokes anything', async (t) => {
  const blocks = [...change(7, 50), commit(7), ...change(8, 51), revoke(8, 50)]
  assert.deepEqual(await scanned(blocks, t.signal), [{ block: 50, at: 2, sequence: 7 }])
})

test('what an older round of the log left behind is not taken', async (t) => {
  assert.deepEqual(await scanned([...change(7, 50), commit(7), ...change(3, 51), commit(3)], t.signal), [
    { block: 50, at: 2, sequence: 7 },
  ])
})
