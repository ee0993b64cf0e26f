import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import type { FileRef, Volume } from '../../shared/files.ts'
import type { Run } from '../../shared/job.ts'
import { fileCommands } from './file-commands.ts'
import { parseWords } from './grammar.ts'
import type { Session } from './session.ts'

const id = '0'.repeat(32)
const uuid = '00000000-0000-4000-8000-000000000001'
const never = new AbortController().signal

function volume(of: string, more: Partial<Volume> = {}): Volume {
  const facts = { kind: 'partition', disks: ['vda'], sizeBytes: 1, content: 'ext4', reader: 'own', notes: [] } as const
  return { id: of, ...facts, disks: [...facts.disks], notes: [], ...more }
}

const { reader: _, ...locked } = volume('vda/3', { content: 'luks', refusal: 'encrypted' })
const volumes: readonly Volume[] = [volume('vda/1'), volume('vda/2'), volume('vg:0/root'), locked]

/** What lies where. */
const tree: Readonly<Record<string, string>> = {
  'vda/1:/etc': 'folder',
  'vda/1:/etc/passwd': 'file',
  'vda/1:/both': 'file',
  'vda/2:/both': 'file',
  'vda/2:/twice': 'file',
  'vg:0/root:/twice': 'file',
  'vg:0/root:/only/here': 'file',
}

type Asked = { readonly call: string; readonly argument: unknown }

/** Runs a command before an engine whose files are those of `tree`. */
async function run(argv: readonly string[], answers: Readonly<Record<string, unknown>> = {}) {
  const name = argv.slice(0, 2).join(' ')
  const command = fileCommands[name]
  assert.ok(command, name)
  const asked: Asked[] = []
  const poured: string[] = []
  const own: Readonly<Record<string, (argument: FileRef) => unknown>> = {
    listVolumes: () => volumes,
    listPoints: () => [{ id }],
    showFile: ({ volumeId, path: at }) => {
      const kind = tree[`${volumeId}:${at}`]
      if (kind === undefined) throw new Failure('file-not-found', at)
      return { kind }
    },
  }
  const calls = new Proxy(
    {},
    {
      get: (_target, call: string) => async (argument: FileRef) => {
        asked.push({ call, argument })
        const answer = answers[call]
        return typeof answer === 'function' ? answer(argument) : (answer ?? own[call]?.(argument) ?? null)
      },
    },
  )
  const session: Session = {
    calls: calls as Session['calls'],
    tell: () => undefined,
    interrupted: never,
    async *download(ticket) {
      yield Buffer.from(`[${ticket}`)
      yield Buffer.from(']')
    },
    write: async (bytes) => void poured.push(Buffer.from(bytes).toString()),
  }
  const { value } = await command.run(session, parseWords(command.grammar, argv.slice(2)))
  const argumentOf = (call: string) => asked.find((each) => each.call === call)?.argument
  return { value, argumentOf, asked, poured: poured.join('') }
}

const page = { listFiles: () => ({ entries: [] }) }

for (const [text, volumeId, at] of [
  ['vda/2:/both', 'vda/2', '/both'],
  ['vg:0/root:/a:/b', 'vg:0/root', '/a:/b'],
  ['/only/here', 'vg:0/root', '/only/here'],
  ['/both', 'vda/1', '/both'],
] as const) {
  test(`${text} is ${at} on ${volumeId}`, async () => {
    const { argumentOf, value } = await run(['files', 'list', id, text], page)
    assert.deepEqual(argumentOf('listFiles'), { pointId: id, volumeId, path: at, limit: 10_000 })
    assert.deepEqual(value, { pointId: id, volumeId, path: at, entries: [] })
  })
}

test('a path on several volumes, of which none or several have a system, is refused with the choices', async () => {
  await assert.rejects(run(['files', 'list', id, '/twice'], page), (thrown) => {
    assert.ok(thrown instanceof Failure && thrown.code === 'invalid-argument')
    return thrown.message.includes('vda/2:/twice, vg:0/root:/twice')
  })
})

test('a path that no volume has says which volumes nobody reads', async () => {
  const listing = run(['files', 'list', id, '/nowhere'], page)
  await assert.rejects(listing, { code: 'file-not-found', message: /vda\/3 \(luks\)/ })
  await assert.rejects(run(['files', 'list', id, 'relative'], page), { code: 'invalid-argument' })
})

test('all pages of a folder are one answer', async () => {
  const pages: Readonly<Record<string, unknown>> = {
    first: { entries: [{ name: 'a' }], next: '7' },
    7: { entries: [{ name: 'b' }] },
  }
  const answers = { listFiles: ({ cursor = 'first' }: { readonly cursor?: string }) => pages[cursor] }
  const { value } = await run(['files', 'list', id, '/etc'], answers)
  assert.deepEqual((value as { readonly entries: unknown }).entries, [{ name: 'a' }, { name: 'b' }])
})

test('one file is poured as it is, a folder or several files as a tar, and nothing else is printed', async () => {
  const answers = { openDownload: { ticket: 't', name: 'n' } }
  for (const [texts, as] of [
    [['/both'], 'file'],
    [['/etc'], 'tar'],
    [['/both', 'vda/2:/both'], 'tar'],
  ] as const) {
    const { value, argumentOf, poured } = await run(['files', 'get', id, ...texts, '--to', '-'], answers)
    assert.equal((argumentOf('openDownload') as { readonly as: string }).as, as)
    assert.deepEqual([value, poured], [undefined, '[t]'])
  }
})

test('files go to a folder of the shell, and the report is the answer', async () => {
  const report = { files: 1, folders: 0, links: 0, bytes: 9, renamed: [], skipped: [] }
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const done: Run = { id, kind: 'files', state: 'done', queuedAt: 0, progress, disks: [], files: report, warnings: [] }
  const answers = { startFileRestore: { runId: id }, showRun: done }
  const { value, argumentOf } = await run(['files', 'get', id, '/both', '--to', 'out'], answers)
  const folder = path.resolve('out')
  assert.deepEqual(argumentOf('startFileRestore'), {
    items: [{ pointId: id, volumeId: 'vda/1', path: '/both' }],
    target: { kind: 'folder', folder },
  })
  assert.deepEqual(value, { runId: id, target: folder, ...report, warnings: [] })
})

test('a search takes a machine and a moment', async () => {
  const answers = { searchFiles: { hits: [], isMore: false, missingPoints: 0 } }
  const words = ['files', 'search', 'passwd', '--machine', uuid, '--deleted-since', '2026-11-22T00:00:00Z']
  const { argumentOf } = await run(words, answers)
  assert.deepEqual(argumentOf('searchFiles'), {
    query: 'passwd',
    limit: 1000,
    machineId: uuid,
    deletedSince: Date.UTC(2026, 10, 22),
  })
})

test('the versions of a file that is gone are those of the one volume that ever had it', async () => {
  const versions = [{ kind: 'file', sizeBytes: 1, pointIds: [id] }]
  const fileVersions = ({ volumeId }: FileRef) => ({ versions: volumeId === 'vda/2' ? versions : [], missing: [] })
  const { value } = await run(['files', 'versions', uuid, '/gone'], { fileVersions })
  assert.deepEqual(value, { machineId: uuid, volumeId: 'vda/2', path: '/gone', versions, missing: [] })
  const several = { fileVersions: { versions, missing: [] } }
  await assert.rejects(run(['files', 'versions', uuid, '/gone'], several), { code: 'invalid-argument' })
  const named = await run(['files', 'versions', uuid, 'vda/1:/gone'], several)
  assert.deepEqual(named.argumentOf('fileVersions'), { machineId: uuid, volumeId: 'vda/1', path: '/gone' })
  const none = { fileVersions: { versions: [], missing: [id] } }
  await assert.rejects(run(['files', 'versions', uuid, '/gone'], none), { code: 'file-not-found' })
  const unknown = run(['files', 'versions', uuid, '/gone'], { listPoints: [] })
  await assert.rejects(unknown, { code: 'point-not-found' })
})

test('a difference is all its pages', async () => {
  const pages: Readonly<Record<string, unknown>> = { first: { changes: [1], next: 'x' }, x: { changes: [2] } }
  const other = '1'.repeat(32)
  const answers = { diffFiles: ({ cursor = 'first' }: { readonly cursor?: string }) => pages[cursor] }
  const { value } = await run(['files', 'diff', id, other], answers)
  assert.deepEqual(value, { from: id, to: other, changes: [1, 2] })
})

test('an index is switched on and made, or switched off and not', async () => {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const known = { machineId: uuid, enabled: true, points: 2, indexed: 2, entries: 5, skipped: 0 }
  const done: Run = { id, kind: 'index', state: 'done', queuedAt: 0, progress, disks: [], warnings: [] }
  const answers = { startFileIndex: { runId: id }, showRun: done, listFileIndexes: [known] }
  const made = await run(['files', 'index', uuid, '--anew'], answers)
  assert.deepEqual(made.argumentOf('setFileIndex'), { machineId: uuid, enabled: true })
  assert.deepEqual(made.argumentOf('startFileIndex'), { machineId: uuid, anew: true })
  assert.deepEqual(made.value, { runId: id, ...known, warnings: [] })
  const off = await run(['files', 'index', uuid, '--off'], answers)
  assert.deepEqual(off.argumentOf('setFileIndex'), { machineId: uuid, enabled: false })
  assert.equal(off.argumentOf('startFileIndex'), undefined)
})
