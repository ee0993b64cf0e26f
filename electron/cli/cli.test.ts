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
        return (
          answers[call] ?? { listHosts: [], listMachines: [], startRestore: { runId: id }, showRun: done }[call] ?? null
        )
      },
    },
  )
  const session: Session = {
    calls: engine as Session['calls'],
    tell: () => undefined,
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
