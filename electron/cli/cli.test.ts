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
  'verify',
  'sample create',
]) {
  test(`"${line}" is refused with its usage`, async () => {
    await assert.rejects(run(line), (thrown) => thrown instanceof UsageError)
  })
}

test('every place where the state may lie can be named', async () => {
  assert.equal(parseWords({ usage: '', options: {}, positionals: 0 }, ['--home', '/h']).text('home'), '/h')
})

test('a restore asks for exactly what its words say', async () => {
  const images = await run(`restore ${id} --to-images /out --format qcow2 --disk vda`)
  const target = { kind: 'images', folder: '/out', format: 'qcow2', disk: 'vda' }
  assert.deepEqual(images.asked['startRestore'], { pointId: id, target })
  const machineTarget = { kind: 'new-machine', name: 'shop-2', hostId: uuid, storage: '/disks' }
  const asNew = await run(`restore ${id} --as-new shop-2 --host ${uuid} --storage /disks`)
  assert.deepEqual(asNew.asked['startRestore'], { pointId: id, target: machineTarget })
  const inPlace = await run(`restore ${id} --in-place`)
  assert.deepEqual(inPlace.asked['startRestore'], { pointId: id, target: { kind: 'in-place' } })
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
