import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import type { Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import { commands } from './commands.ts'
import { readSecret } from './find.ts'
import { parseWords, UsageError } from './grammar.ts'
import type { Session } from './session.ts'

const id = '0'.repeat(32)
const uuid = '00000000-0000-4000-8000-000000000001'
const other = '00000000-0000-4000-8000-000000000002'
const progress = { bytesTotal: 9, bytesRead: 9, bytesSent: 5, bytesStored: 4, bytesWritten: 9, bytesPerSecond: 0 }
const done: Run = {
  id,
  kind: 'restore',
  state: 'done',
  queuedAt: 0,
  progress,
  disks: [],
  warnings: [],
  machineId: uuid,
  target: '/out/a',
}

function machine(of: string, name: string): Machine {
  return { id: of, hostId: uuid, name, state: 'off', transient: false, disks: [], snapshots: [] }
}

/** Runs a command before an engine that notes what it is asked; `answers` are by the call's name. */
async function run(line: string, answers: Readonly<Record<string, unknown>> = {}) {
  const argv = line.split(' ')
  const name = Object.keys(commands).find((each) => line === each || line.startsWith(`${each} `)) ?? ''
  const command = commands[name]
  assert.ok(command, line)
  const asked: Record<string, unknown> = {}
  const engine = new Proxy(
    {},
    {
      get: (_, call: string) => async (argument: unknown) => {
        asked[call] = argument
        const answer = answers[call]
        if (typeof answer === 'function') return answer(argument)
        return (
          answer ??
          { listHosts: [], listMachines: [], listRuns: [], startRestore: { runId: id }, showRun: done }[call] ??
          null
        )
      },
    },
  )
  const session: Session = {
    calls: engine as Session['calls'],
    tell: () => undefined,
    async *download() {},
    write: async () => undefined,
    interrupted: new AbortController().signal,
  }
  const answer = await command.run(session, parseWords(command.grammar, argv.slice(name.split(' ').length)))
  return { asked, ...answer }
}

for (const line of [
  'host add',
  'host add --libvirt qemu:///system --images /x',
  'host add --libvirt',
  'host add --images= ',
  'host remove',
  'host list extra',
  'machine list --verbose',
  'repository create --folder /x',
  'repository create --passphrase-file /x',
  'repository create --folder /x --passphrase secret',
  'repository open --folder /x',
  'repository open --folder /x --passphrase-file a --recovery-words-file b',
  'repository create --folder /x --s3 s3://b --passphrase-file a',
  'repository create --folder /x --region r --passphrase-file a',
  'repository create --s3 s3://b --passphrase-file a',
  'repository create --s3 https://b --region r --credentials-file c --passphrase-file a',
  'repository create --s3 s3://b --credentials-file c --passphrase-file a',
  'repository create --s3 s3://B --region r --credentials-file c --passphrase-file a',
  'repository create --s3 s3://b --region r --fingerprint zz --credentials-file c --passphrase-file a',
  'repository create --folder /x --passphrase-file a --lock-mode governance',
  'repository create --folder /x --passphrase-file a --lock-days many',
  'repository probe --folder /x',
  `repository credentials ${id}`,
  `repository place ${id} --medium cloud --site here`,
  `lock set ${id}`,
  `lock set ${id} --days 3 --none`,
  `lock set ${id} --days 3 --mode eternal`,
  `copy --from ${id}`,
  'sweep',
  'retention',
  'trash recover --repository x',
  'point delete x',
  `keys remove ${id}`,
  `keys add-passphrase ${id}`,
  'backup',
  'backup shop',
  'backup shop --repository x --method sometimes',
  `restore ${id}`,
  `restore ${id} --to-images /x --in-place`,
  `restore ${id} --to-images /x --host ${uuid}`,
  `restore ${id} --in-place --format raw`,
  `restore ${id} --to-images /x --format vhd`,
  `restore ${id} --as-new shop`,
  `restore ${id} --as-new shop --host ${uuid} --disk vda`,
  `restore ${id} --to-images /x --start`,
  `restore ${id} --to-images /x --no-undo`,
  `restore ${id} --to-images /x --disk= `,
  'verify',
  'sample create',
  'policy run',
  `policy run ${id} --method sometimes`,
  'snapshot create shop',
  'snapshot revert shop --name before --memory',
  'snapshot delete --name before',
  'machine start',
  'machine shutdown',
  'point pin',
  'repository remove',
  'files volumes',
  'files list x',
  'files get x /a',
  'files get x --to /out',
  'files get x /a --to=',
  'files search',
  'files search a --deleted-since yesterday',
  'files versions shop',
  'files diff x',
  'files index',
  'files index shop --off --anew',
]) {
  test(`"${line}" is refused with its usage`, async () => {
    await assert.rejects(run(line), (thrown) => thrown instanceof UsageError)
  })
}

test('every place where the state may lie can be named', async () => {
  assert.equal(parseWords({ usage: '', options: {}, positionals: 0 }, ['--home', '/h']).text('home'), '/h')
})

test('a restore asks for exactly what its words say', async () => {
  for (const [line, target] of [
    ['--to-images /out', { kind: 'images', folder: '/out', format: 'raw' }],
    [
      '--to-images /out --format qcow2 --disk vda --disk vdc',
      { kind: 'images', folder: '/out', format: 'qcow2', disks: ['vda', 'vdc'] },
    ],
    [
      `--as-new shop-2 --host ${uuid} --storage /disks`,
      { kind: 'new-machine', name: 'shop-2', hostId: uuid, storage: '/disks' },
    ],
    [`--as-new shop-2 --host ${uuid} --start`, { kind: 'new-machine', name: 'shop-2', hostId: uuid, start: true }],
    ['--in-place', { kind: 'in-place' }],
    ['--in-place --disk vdb --no-undo', { kind: 'in-place', disks: ['vdb'], withoutUndo: true }],
  ] as const) {
    const { asked } = await run(`restore ${id} ${line}`)
    assert.deepEqual(asked['startRestore'], { pointId: id, target })
  }
})

test('a snapshot is asked for as its words say, by the machine that has the name', async () => {
  const snapshotOf = { machineId: uuid, name: 'before' }
  const started = { runId: id }
  const answers = {
    listMachines: [machine(uuid, 'shop')],
    createSnapshot: started,
    revertSnapshot: started,
    deleteSnapshot: started,
  }
  const made = await run('snapshot create shop --name before --memory --description update', answers)
  assert.deepEqual(made.asked['createSnapshot'], { ...snapshotOf, memory: true, description: 'update' })
  assert.deepEqual(made.value, { runId: id, machineId: uuid, snapshot: 'before', warnings: [] })
  const plain = await run('snapshot create shop --name before', answers)
  assert.deepEqual(plain.asked['createSnapshot'], { ...snapshotOf, memory: false })
  const reverted = await run(`snapshot revert ${uuid} --name before`, answers)
  assert.deepEqual(reverted.asked['revertSnapshot'], snapshotOf)
  const deleted = await run('snapshot delete shop --name before', answers)
  assert.deepEqual(deleted.asked['deleteSnapshot'], snapshotOf)
})

test('a machine is started and shut down, a point pinned and let go', async () => {
  const answers = { listMachines: [machine(uuid, 'shop')] }
  assert.deepEqual((await run('machine start shop', answers)).asked['startMachine'], { machineId: uuid })
  assert.deepEqual((await run(`machine shutdown ${uuid}`, answers)).asked['shutDownMachine'], { machineId: uuid })
  assert.deepEqual((await run(`point pin ${id}`)).asked['pinPoint'], { pointId: id, pinned: true })
  assert.deepEqual((await run(`point unpin ${id}`)).asked['pinPoint'], { pointId: id, pinned: false })
  assert.deepEqual((await run(`repository remove ${id}`)).asked['removeRepository'], { repositoryId: id })
})

test('a policy that was run answers each run and each machine that could not be started, and fails by the first', async () => {
  const failure = { code: 'machine-not-found', message: 'gone' }
  const failed = [{ machineId: other, failure }]
  const partly = await run(`policy run ${id}`, { runPolicy: { runIds: [id], failed } })
  assert.deepEqual(partly.asked['runPolicy'], { policyId: id, method: 'incremental' })
  const { runs, ...rest } = partly.value as { readonly runs: readonly Run[] }
  assert.deepEqual(rest, { policyId: id, failed })
  assert.deepEqual(
    runs.map(({ state, machineId }) => [state, machineId]),
    [['done', uuid]],
  )
  assert.ok(partly.failure instanceof Failure && partly.failure.code === 'machine-not-found')
  const whole = await run(`policy run ${id} --method full`, { runPolicy: { runIds: [id], failed: [] } })
  assert.equal(whole.failure, undefined)
  const full = { ...done, state: 'failed', failure: { code: 'no-space', message: 'full' } }
  const broken = await run(`policy run ${id}`, { runPolicy: { runIds: [id], failed: [] }, showRun: full })
  assert.ok(broken.failure instanceof Failure && broken.failure.code === 'no-space')
})

test('a machine is found by its name only when one machine has it', async () => {
  const machines = [machine(uuid, 'shop'), machine(other, 'shop'), machine(other, '--all')]
  const answers = { listMachines: machines, startBackup: { runId: id }, showPoint: { id, bytesRead: 9, disks: [] } }
  await assert.rejects(run(`backup shop --repository ${id}`, answers), { code: 'machine-ambiguous' })
  await assert.rejects(run(`backup web --repository ${id}`, answers), { code: 'machine-not-found' })
  const odd = await run(`backup --repository ${id} -- --all`, answers)
  assert.deepEqual(odd.asked['startBackup'], { machineId: other, repositoryId: id, method: 'incremental' })
  const byId = await run(`backup ${uuid} --repository ${id} --method full`, answers)
  assert.deepEqual(byId.asked['startBackup'], { machineId: uuid, repositoryId: id, method: 'full' })
})

test('a backup waits for the reading of file names that it brought about, however that ends', async () => {
  const showPoint = { id, bytesRead: 9, disks: [] }
  const index: Run = { ...done, id: '1'.repeat(32), kind: 'index', state: 'running', queuedAt: 1 }
  const before: Run = { ...index, id: '2'.repeat(32), queuedAt: -1 }
  const elsewhere: Run = { ...index, id: '3'.repeat(32), machineId: other }
  const shown: string[] = []
  const showRun = ({ runId }: { readonly runId: string }) => {
    shown.push(runId)
    return runId === id ? { ...done, kind: 'backup', pointId: id } : { ...index, state: 'failed' }
  }
  const answers = { startBackup: { runId: id }, listRuns: [index, before, elsewhere], showPoint, showRun }
  const { value } = await run(`backup ${uuid} --repository ${id}`, answers)
  assert.deepEqual(shown, [id, index.id])
  assert.equal((value as { readonly pointId: string }).pointId, id)
})

test('a run that failed or was cancelled is that failure', async () => {
  const failed = { ...done, state: 'failed', failure: { code: 'no-space', message: 'full' } }
  await assert.rejects(run(`restore ${id} --in-place`, { showRun: failed }), { code: 'no-space', message: 'full' })
  await assert.rejects(run(`restore ${id} --in-place`, { showRun: { ...done, state: 'cancelled' } }), {
    code: 'cancelled',
  })
})

test('a verification that found damage answers its report and its failure', async () => {
  const report = {
    objects: 1,
    chunks: 1,
    bytesRead: 1,
    damaged: [{ object: 'packs/x', problem: 'gone', points: [id] }],
  }
  const failure = { code: 'repository-damaged', message: 'one' }
  const answer = await run(`verify ${id}`, {
    listRepositories: [{ id }],
    startVerify: { runId: id },
    showRun: { ...done, state: 'failed', failure, report },
  })
  assert.deepEqual(answer.asked['startVerify'], { repositoryId: id })
  assert.deepEqual(answer.value, { runId: id, repositoryId: id, ...report })
  assert.ok(answer.failure instanceof Failure && answer.failure.code === 'repository-damaged')
})

test('one newline behind a secret is not part of it, everything else is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  const file = join(folder, 'secret')
  try {
    for (const [text, secret] of [
      ['a b \n', 'a b '],
      ['a\r\n', 'a'],
      ['a\n\n', 'a\n'],
      ['密', '密'],
    ] as const) {
      writeFileSync(file, text)
      assert.equal(readSecret(file), secret)
    }
    for (const text of ['', '\n']) {
      writeFileSync(file, text)
      assert.throws(() => readSecret(file), { code: 'invalid-argument' })
    }
    assert.throws(() => readSecret(join(folder, 'missing')), { code: 'invalid-argument' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function withFiles<T>(files: Readonly<Record<string, string>>, work: (at: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  const at = (name: string): string => join(folder, name)
  const clear = (): void => rmSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text)
  const done = work(at)
  if (done instanceof Promise) void done.then(clear, clear)
  else clear()
  return done
}

const account = { accessKeyId: 'AKIA', secretAccessKey: 'canary' }

test('a bucket is asked for as its words say, with the keys of its account from a file of either kind', async () => {
  const files = {
    json: JSON.stringify(account),
    ini: '[default]\naws_access_key_id = AKIA\naws_secret_access_key=canary\n',
    pass: 'horse\n',
    ca: 'PEM',
    half: '{"accessKeyId":"AKIA"}',
  }
  await withFiles(files, async (at) => {
    const words = `--s3 s3://backups/site/one --credentials-file ${at('json')} --passphrase-file ${at('pass')}`
    const plain = await run(`repository create ${words} --region eu-west-1`)
    const address = { kind: 's3', region: 'eu-west-1', bucket: 'backups', prefix: 'site/one/', pathStyle: false }
    assert.deepEqual(plain.asked['createRepository'], { address, credentials: account, passphrase: 'horse' })
    const own = `--endpoint https://s3.example --path-style --ca ${at('ca')} --fingerprint ${'AB:'.repeat(31)}AB`
    const full = await run(
      `repository create --s3 s3://backups --credentials-file ${at('ini')} --passphrase-file ${at('pass')} ${own} --lock-days 30 --lock-mode compliance`,
    )
    assert.deepEqual(full.asked['createRepository'], {
      address: {
        kind: 's3',
        endpoint: 'https://s3.example',
        region: 'us-east-1',
        bucket: 'backups',
        prefix: '',
        pathStyle: true,
        ca: 'PEM',
        fingerprint: 'ab'.repeat(32),
      },
      credentials: account,
      passphrase: 'horse',
      lock: { mode: 'compliance', days: 30 },
    })
    const probed = await run(`repository probe --s3 s3://backups/ --region eu-west-1 --credentials-file ${at('json')}`)
    assert.deepEqual(probed.asked['probeStore'], { address: { ...address, prefix: '' }, credentials: account })
    const half = run(`repository credentials ${id} --credentials-file ${at('half')}`)
    await assert.rejects(half, (thrown) => {
      assert.ok(thrown instanceof Failure && thrown.code === 'invalid-argument' && !thrown.message.includes('AKIA'))
      return true
    })
    const changed = await run(`repository credentials ${id} --credentials-file ${at('ini')}`)
    assert.deepEqual(changed.asked['setCredentials'], { repositoryId: id, credentials: account })
    const opened = await run(`repository open --folder /x --recovery-key-file ${at('ca')}`)
    assert.deepEqual(opened.asked['openRepository'], {
      address: { kind: 'folder', folder: '/x' },
      unlock: { kind: 'recovery-key', secret: 'PEM' },
    })
  })
})

test('upkeep is asked for as its words say and answers what came of it', async () => {
  const started = { runId: id }
  const asked = { repositoryId: id }
  const sweepRun = { ...done, kind: 'sweep', sweep: { purged: 1, removed: 2 } }
  const swept = await run(`sweep ${id}`, { startSweep: started, showRun: sweepRun })
  assert.deepEqual(swept.asked['startSweep'], asked)
  assert.deepEqual(swept.value, { runId: id, repositoryId: id, purged: 1, removed: 2, warnings: [] })
  const counted = { ...done, count: 3 }
  const copied = await run(`copy --from ${id} --to ${'1'.repeat(32)} ${id}`, { startCopy: started, showRun: counted })
  assert.deepEqual(copied.asked['startCopy'], { from: id, to: '1'.repeat(32), pointIds: [id] })
  assert.equal((copied.value as { points: number }).points, 3)
  const all = await run(`copy --from ${id} --to ${id}`, { startCopy: started, showRun: counted })
  assert.deepEqual(all.asked['startCopy'], { from: id, to: id })
  const mended = await run(`mend ${id}`, { startMend: started, showRun: counted })
  assert.deepEqual(mended.value, { runId: id, repositoryId: id, chunks: 3, warnings: [] })
  const planned = await run(`retention ${id} --dry-run`, { planRetention: [] })
  assert.deepEqual([planned.asked['startRetention'], planned.value], [undefined, { policyId: id, points: [] }])
  const enacted = await run(`retention ${id}`, { startRetention: started, showRun: counted })
  assert.deepEqual(enacted.value, { runId: id, policyId: id, trashed: 3, warnings: [] })
  const rebuilt = await run(`catalog rebuild --from ${id}`, { rebuildCatalog: { points: 1 } })
  assert.deepEqual([rebuilt.asked['rebuildCatalog'], rebuilt.value], [{ restoreFrom: id }, { points: 1 }])
})

test('a lock check that failed answers its findings and its failure', async () => {
  const lock = { at: 1, objects: 9, unlocked: 2, canary: 'deleted' }
  const failure = { code: 'store-unsuitable', message: 'deleted' }
  const showRun = { ...done, state: 'failed', failure, lock }
  const answer = await run(`lock check ${id}`, { startLock: { runId: id }, showRun })
  assert.deepEqual(answer.value, { runId: id, repositoryId: id, ...lock, warnings: [] })
  assert.ok(answer.failure instanceof Failure && answer.failure.code === 'store-unsuitable')
  const rule = await run(`lock set ${id} --days 30`)
  assert.deepEqual(rule.asked['setLock'], { repositoryId: id, lock: { mode: 'governance', days: 30 } })
  assert.deepEqual((await run(`lock set ${id} --none`)).asked['setLock'], { repositoryId: id })
})

test('keys are changed and points deleted and brought back as the words say', async () => {
  await withFiles({ pass: 'horse' }, async (at) => {
    const changed = await run(`keys change-passphrase ${id} --passphrase-file ${at('pass')}`)
    assert.deepEqual(changed.asked['changePassphrase'], { repositoryId: id, passphrase: 'horse' })
    const added = await run(`keys add-passphrase ${id} --passphrase-file ${at('pass')}`, { addPassphrase: {} })
    assert.deepEqual(added.asked['addPassphrase'], { repositoryId: id, passphrase: 'horse' })
  })
  const listed = await run(`keys list ${id}`, { listSlots: [{ id: 'a', kind: 'passphrase', damaged: false }] })
  assert.deepEqual(listed.value, [{ slotId: 'a', kind: 'passphrase', damaged: false }])
  assert.deepEqual((await run(`keys remove ${id} --slot a`)).asked['removeSlot'], { repositoryId: id, slotId: 'a' })
  for (const [words, call] of [
    ['recovery-words', 'renewRecoveryWords'],
    ['recovery-key', 'addRecoveryKey'],
    ['epoch', 'renewEpoch'],
  ] as const) {
    assert.deepEqual((await run(`keys ${words} ${id}`)).asked[call], { repositoryId: id })
  }
  const two = { repositoryId: id, pointIds: ['a', 'b'] }
  assert.deepEqual((await run(`point delete --repository ${id} a b`)).asked['deletePoints'], two)
  assert.deepEqual((await run(`trash recover --repository ${id} a b`)).asked['recoverPoints'], two)
  const trashed = await run(`trash list ${id}`, {
    listTrash: [{ point: { id }, droppedAt: 1, why: 'person', purgeAt: 2 }],
  })
  assert.deepEqual(trashed.value, [{ pointId: id, droppedAt: 1, why: 'person', purgeAt: 2 }])
  const labelled = await run(`point label ${id} audit year-end`)
  assert.deepEqual(labelled.asked['labelPoint'], { pointId: id, labels: ['audit', 'year-end'] })
  const placed = await run(`repository place ${id} --medium nas --site cellar`)
  assert.deepEqual(placed.asked['setPlace'], { repositoryId: id, place: { medium: 'nas', site: 'cellar' } })
})

test('what follows from the runs of a policy is waited for, and its failure is the answer’s', async () => {
  const copy = {
    ...done,
    id: '2'.repeat(32),
    kind: 'copy',
    policyId: id,
    state: 'failed',
    queuedAt: 1,
    failure: { code: 'no-space', message: 'full' },
  }
  const answer = await run(`policy run ${id}`, {
    runPolicy: { runIds: [id], failed: [] },
    listRuns: [
      { ...copy, state: 'queued' },
      { ...done, policyId: other, id: '3'.repeat(32) },
    ],
    showRun: copy,
  })
  const { runs } = answer.value as { readonly runs: readonly Run[] }
  assert.ok(runs.some(({ kind }) => kind === 'copy'))
  assert.ok(answer.failure instanceof Failure && answer.failure.code === 'no-space')
})
