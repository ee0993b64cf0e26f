import assert from 'node:assert/strict'
import test from 'node:test'
import { FakeGuest } from '../../hypervisor/fake-guest.ts'
import { fakeGuest, type Thing } from './fake-guest.rig.ts'
import { GuestSink } from './guest-sink.ts'
import { Report } from './report.ts'
import { walk } from './walk.ts'

const never = new AbortController().signal

async function bring(guest: FakeGuest, things: readonly Thing[], paths: readonly string[]) {
  const report = new Report()
  let wrote = 0
  const pass = async (bytes: number): Promise<void> => {
    wrote += bytes
  }
  await using files = guest.open()
  const sink = new GuestSink({ guest: files, folder: '/srv/back/', report, pass, signal: never })
  await sink.begin()
  for (const path of paths) {
    const chosen = { pointId: 'p', volumeId: 'v', fileSystem: fakeGuest(things), path, stream: undefined }
    await walk(chosen, sink, { report, pass: async () => undefined }, never)
  }
  await sink.finish()
  return { report: report.value(), wrote }
}

const tree: readonly Thing[] = [
  { kind: 'file', name: 'single', text: 'single' },
  {
    kind: 'folder',
    name: 'd',
    in: [
      { kind: 'link', name: 'l', target: '../single' },
      { kind: 'file', name: '../f', text: 'f', facts: { mode: 0o4755 } },
      { kind: 'file', name: 'bad', text: 'bad!', bad: true },
    ],
  },
]

test('a tree comes into a machine, without set-uid, its names made safe', async () => {
  const guest = new FakeGuest(() => undefined)
  const { report, wrote } = await bring(guest, tree, ['/single', '/d'])
  assert.deepEqual([...guest.files.keys()], ['/srv/back/single', '/srv/back/d/..%2Ff'])
  assert.equal(guest.files.get('/srv/back/d/..%2Ff')?.facts.mode, 0o755)
  assert.deepEqual([...guest.links], [['/srv/back/d/l', '../single']])
  assert.deepEqual([report.files, report.folders, report.links, wrote], [2, 1, 1, 7])
  assert.deepEqual(report.skipped, [{ path: '/d/bad', why: 'A bad block' }])
})

test('what is there in a machine stays, and what comes gets a number', async () => {
  const guest = new FakeGuest(() => undefined)
  await bring(guest, tree, ['/single'])
  const { report } = await bring(guest, tree, ['/single'])
  assert.deepEqual([...guest.files.keys()], ['/srv/back/single', '/srv/back/single (2)'])
  assert.deepEqual(report.renamed, [{ path: '/single', as: 'single (2)' }])
})

test('an agent that makes no folders gets the files that need none', async () => {
  const guest = new FakeGuest(() => 'no-shell')
  guest.folders.add('/srv/back')
  const { report } = await bring(guest, tree, ['/single', '/d'])
  assert.deepEqual([...guest.files.keys()], ['/srv/back/single'])
  assert.equal(report.skipped[0]?.path, '/d')
})
