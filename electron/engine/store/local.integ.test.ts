import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { RunError, run } from '../base/run.ts'
import { createLocalStore, openLocalStore } from './local.ts'

const signal = new AbortController().signal
const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-store-'))
after(() => rm(scratch, { recursive: true, force: true }))

const name = 'packs/ab/object'
const content = new Uint8Array(100_000).fill(7)

/** What the traced process does: one call, and one line that says how it ended. */
const program = `
  import { openLocalStore } from ${JSON.stringify(new URL('./local.ts', import.meta.url).href)}
  const signal = new AbortController().signal
  const [folder, method] = process.argv.slice(1)
  const store = await openLocalStore(folder, signal)
  const bytes = new Uint8Array(${content.length}).fill(7)
  await store[method](${JSON.stringify(name)}, bytes, signal).then(
    (answer) => console.log('ended ' + answer),
    (thrown) => console.log('failed ' + thrown.code),
  )
`

type Traced = { readonly folder: string; readonly said: string; readonly calls: readonly string[] }

let last = 0

/** One thread does all file work, so that strace's count of calls is that of the process. */
async function traced(method: 'put' | 'create', ...inject: readonly string[]): Promise<Traced> {
  const folder = path.join(scratch, `${++last}`)
  await createLocalStore(folder, signal)
  const trace = path.join(scratch, `${last}.trace`)
  const watched =
    'trace=openat,write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,unlink,unlinkat,mkdir,mkdirat'
  const args = ['-f', '-y', '-s', '0', '-o', trace, '-e', watched, ...inject.flatMap((rule) => ['-e', rule])]
  const node = [process.execPath, '--input-type=module', '-e', program, '--', folder, method]
  const said = await run('strace', [...args, '-E', 'UV_THREADPOOL_SIZE=1', '--', ...node], {}, signal).then(
    ({ stdout }) => stdout.trim(),
    (thrown: unknown) => {
      assert.ok(thrown instanceof RunError)
      return ''
    },
  )
  const lines = (await readFile(trace, 'utf8')).split('\n')
  return { folder, said, calls: lines.filter((line) => line.includes(folder)) }
}

/** Kinds of the calls that touch the store's folder, each once where it repeats. */
function steps({ folder, calls }: Traced): string[] {
  const kinds = calls.flatMap((call) => {
    const what = /^\d+\s+(\w+)\(/.exec(call)?.[1]
    const where = call.includes(`${folder}/tmp/`) ? 'draft' : call.includes(`${folder}/packs/ab>`) ? 'folder' : 'other'
    if (what === undefined || where === 'other' || (what === 'openat' && !call.includes('O_CREAT'))) return []
    return [`${what.replace('pwrite64', 'write').replace(/at$/, '')} ${where}`]
  })
  return kinds.filter((kind, index) => kind !== kinds[index - 1])
}

test('a put is: write, fsync, link, then fsync of the folder, and only then success', async () => {
  for (const method of ['put', 'create'] as const) {
    const run = await traced(method)
    assert.match(run.said, /^ended/)
    assert.deepEqual(steps(run), [
      'open draft',
      'write draft',
      'fsync draft',
      'link draft',
      'unlink draft',
      'fsync folder',
    ])
    assert.ok(!run.calls.some((call) => /rename/.test(call)), 'nothing may be replaced')
  }
})

test('folders made on the way are durable before the object gets its name', async () => {
  const { folder, calls } = await traced('put')
  const place = (pattern: RegExp): number => calls.findIndex((call) => pattern.test(call.replaceAll(folder, 'ROOT')))
  const linked = place(/link(at)?\(.*ROOT\/tmp/)
  for (const [made, synced] of [
    [/mkdir.*"?ROOT\/packs"?[,)]/, /fsync\(\d+<ROOT>/],
    [/mkdir.*ROOT\/packs\/ab/, /fsync\(\d+<ROOT\/packs>/],
  ] as const) {
    assert.ok(place(made) >= 0)
    assert.ok(calls.slice(place(made)).some((call) => synced.test(call.replaceAll(folder, 'ROOT'))))
    assert.ok(place(synced) < linked)
  }
})

/** Three syncs come before the draft's: root for `tmp`, root for `packs`, `packs` for `packs/ab`. */
const draftSync = 4

test('after one failed fsync the draft is dropped and a new one is written under another name', async () => {
  const run = await traced('put', `inject=fsync:error=EIO:when=${draftSync}`)
  assert.equal(run.said, 'ended undefined')
  const drafts = new Set(run.calls.flatMap((call) => /\/\d+\/tmp\/([^"<>]+)/.exec(call)?.[1] ?? []))
  assert.equal(drafts.size, 2)
  assert.deepEqual(await readdir(path.join(run.folder, 'tmp')), [])
  await using store = await openLocalStore(run.folder, signal)
  assert.deepEqual(await store.get(name, signal), content)
})

test('a second failed fsync fails the put, and no object and no draft is left', async () => {
  const run = await traced('put', `inject=fsync:error=EIO:when=${draftSync}+`)
  assert.equal(run.said, 'failed repository-unreachable')
  assert.deepEqual(await readdir(path.join(run.folder, 'tmp')), [])
  assert.deepEqual(await readdir(path.join(run.folder, 'packs/ab')), [])
})

test('a full disk says so at once and leaves no draft', async () => {
  for (const rule of ['inject=pwrite64:error=ENOSPC:when=1', `inject=fsync:error=ENOSPC:when=${draftSync}`]) {
    const run = await traced('put', rule)
    assert.equal(run.said, 'failed no-space')
    assert.deepEqual(await readdir(path.join(run.folder, 'tmp')), [])
  }
})

test('a folder that cannot be synced is never called success', async () => {
  const run = await traced('create', `inject=fsync:error=EIO:when=${draftSync + 1}+`)
  assert.equal(run.said, 'failed repository-unreachable')
})

for (const call of ['pwrite64', 'fsync', 'link', 'unlink', 'mkdir']) {
  test(`SIGKILL at every ${call} leaves the object whole or absent, and the next start repairs alone`, async () => {
    let kills = 0
    for (let when = 1; ; when++) {
      const run = await traced('create', `inject=${call}:signal=SIGKILL:when=${when}`)
      const acknowledged = run.said === 'ended true'
      await using store = await openLocalStore(run.folder, signal)
      const held = await store.stat(name, signal)
      assert.ok(held !== undefined || !acknowledged)
      if (held !== undefined) assert.deepEqual(await store.get(name, signal), content)
      await store.put(name, content, signal)
      assert.deepEqual(await store.get(name, signal), content)
      assert.deepEqual(await readdir(path.join(run.folder, 'tmp')), [])
      if (run.said !== '') break
      kills++
    }
    assert.ok(kills > 0, `no ${call} was there to be killed at`)
  })
}
