import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { partialName, removeLeftovers } from './partial.ts'

test('only what a dead process of this computer left is removed', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'partial-'))
  t.after(() => rm(folder, { recursive: true }))
  const own = partialName()
  const dead = own.replace(digits(process.pid), digits(await deadPid()))
  const elsewhere = dead.replace(/^\.stillpoint-.{8}/, '.stillpoint-00000000')
  const others = ['.stillpoint-host', '.stillpoint-12.partial', 'web.raw.partial', `x${dead}`, `${dead}.raw`]
  for (const name of [own, elsewhere, ...others]) await writeFile(path.join(folder, name), '')
  await mkdir(path.join(folder, dead))
  await writeFile(path.join(folder, dead, 'vda.raw'), 'half')
  assert.deepEqual(await removeLeftovers(folder), [dead])
  assert.deepEqual((await readdir(folder)).toSorted(), [own, elsewhere, ...others].toSorted())
})

test('no two names are the same', () => {
  assert.equal(new Set(Array.from({ length: 100 }, partialName)).size, 100)
})

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  assert.ok(child.pid !== undefined)
  return child.pid
}

function digits(pid: number): string {
  return pid.toString(16).padStart(8, '0')
}
