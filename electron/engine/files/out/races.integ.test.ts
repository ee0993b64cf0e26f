import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import test from 'node:test'
import { Failure, isAbort } from '../../../../shared/failure.ts'
import { silentLog } from '../../base/log.ts'
import { type Canary, canary, look } from './canary.rig.ts'
import { fakeGuest, type Thing } from './fake-guest.rig.ts'
import { Report } from './report.ts'
import { toFolder } from './to-folder.ts'
import { walk } from './walk.ts'

type When =
  /** While the first file of `top/d` is read: its folder is open, the file is there. */
  | 'reading'
  /** Before the list of `top/d` is read: the folder was just made. */
  | 'listing'
  /** When everything is built, before links are made. */
  | 'built'
  /** When the first of what was chosen has appeared under its name. */
  | 'appeared'

type Race = {
  readonly what: string
  readonly when: When
  act(around: Canary, staging: string): void
  /** `whole`: everything arrives all the same; `refused`: it fails with this code and nothing of it stays. */
  readonly end: 'whole' | 'refused' | 'either'
  /** What each use looks for shows the change only where folders are not held: that it is seen too late is known. */
  readonly onlyHeld?: true
}

const swap = (place: string, by: string): void => {
  renameSync(place, `${place}.away`)
  symlinkSync(by, place)
}

const races: readonly Race[] = [
  {
    what: 'the folder being filled becomes a link',
    when: 'reading',
    act: (a, s) => swap(`${s}/top/d`, a.at('secret')),
    end: 'refused',
  },
  {
    what: 'the folder being filled becomes a link before its first file',
    when: 'listing',
    act: (a, s) => swap(`${s}/top/d`, a.at('secret')),
    end: 'refused',
  },
  {
    what: 'a folder above becomes a link',
    when: 'reading',
    act: (a, s) => swap(`${s}/top`, a.at('secret')),
    end: 'refused',
  },
  { what: 'the hidden folder becomes a link', when: 'reading', act: (a, s) => swap(s, a.at('secret')), end: 'refused' },
  {
    what: 'the target becomes a link',
    when: 'reading',
    act: (a) => swap(a.target, 'secret'),
    end: 'refused',
    onlyHeld: true,
  },
  {
    what: 'the folder being filled is moved out',
    when: 'reading',
    act: (a, s) => renameSync(`${s}/top/d`, a.at('empty/d')),
    end: 'refused',
    onlyHeld: true,
  },
  {
    what: 'the folder being filled is removed',
    when: 'reading',
    act: (_, s) => rmSync(`${s}/top/d`, { recursive: true }),
    end: 'refused',
  },
  {
    what: 'the hidden folder is removed',
    when: 'listing',
    act: (_, s) => rmSync(s, { recursive: true }),
    end: 'refused',
  },
  { what: 'the target is removed', when: 'reading', act: (a) => rmSync(a.target, { recursive: true }), end: 'refused' },
  {
    what: 'a name is taken by a file',
    when: 'listing',
    act: (_, s) => writeFileSync(`${s}/top/d/f`, 'theirs'),
    end: 'whole',
  },
  {
    what: 'a name is taken by a link to a file outside',
    when: 'listing',
    act: (a, s) => symlinkSync(a.at('canary'), `${s}/top/d/f`),
    end: 'whole',
  },
  {
    what: 'a name is taken by a link to nothing yet',
    when: 'listing',
    act: (a, s) => symlinkSync(a.at('empty/new'), `${s}/top/d/f`),
    end: 'whole',
  },
  {
    what: 'a name is taken by a second name of a file outside',
    when: 'listing',
    act: (a, s) => linkSync(a.at('canary'), `${s}/top/d/f`),
    end: 'whole',
  },
  {
    what: 'a name is taken by a pipe',
    when: 'listing',
    act: (_, s) => void execFileSync('mkfifo', [`${s}/top/d/f`]),
    end: 'whole',
  },
  {
    what: 'the name of a folder is taken by a link to one outside',
    when: 'listing',
    act: (a, s) => symlinkSync(a.at('secret'), `${s}/top/d/e`),
    end: 'whole',
  },
  {
    what: 'the first name of a file becomes a link before its second is made',
    when: 'reading',
    act: (a, s) => swap(`${s}/top/twin`, a.at('canary')),
    end: 'either',
  },
  {
    what: 'a folder that waits for its links becomes a link',
    when: 'built',
    act: (a, s) => swap(`${s}/top/d`, a.at('secret')),
    end: 'refused',
  },
  {
    what: 'a folder that waits for its links becomes another folder',
    when: 'built',
    act: (_, s) => {
      renameSync(`${s}/top/d`, `${s}/top/x`)
      mkdirSync(`${s}/top/d`)
    },
    end: 'refused',
  },
  {
    what: 'the chosen folder becomes a link before it appears',
    when: 'built',
    act: (a, s) => swap(`${s}/top`, a.at('secret')),
    end: 'refused',
  },
  {
    what: 'the chosen file becomes a link before it appears',
    when: 'built',
    act: (a, s) => swap(`${s}/single`, a.at('canary')),
    end: 'refused',
  },
  {
    what: 'the chosen file is removed before it appears',
    when: 'built',
    act: (_, s) => unlinkSync(`${s}/single`),
    end: 'refused',
  },
  {
    what: 'the name in the target is taken by a file',
    when: 'built',
    act: (a) => writeFileSync(a.at('target/single'), 'theirs'),
    end: 'whole',
  },
  {
    what: 'the name in the target is taken by a link to a file outside',
    when: 'built',
    act: (a) => symlinkSync(a.at('canary'), a.at('target/single')),
    end: 'whole',
  },
  {
    what: 'the name of the folder in the target is taken by a link to one outside',
    when: 'built',
    act: (a) => symlinkSync(a.at('secret'), a.at('target/top')),
    end: 'whole',
  },
  {
    what: 'the target becomes a link before anything appears',
    when: 'built',
    act: (a) => swap(a.target, 'secret'),
    end: 'refused',
    onlyHeld: true,
  },
  {
    what: 'what has appeared becomes a link while the rest follows, which fails',
    when: 'appeared',
    act: (a, s) => {
      swap(a.at('target/single'), a.at('canary'))
      rmSync(`${s}/top`, { recursive: true })
    },
    end: 'refused',
  },
  { what: 'a folder turns away everybody', when: 'reading', act: (_, s) => chmodSync(`${s}/top/d`, 0), end: 'whole' },
]

class Told extends Report {
  readonly #onTop: () => void
  constructor(onTop: () => void) {
    super()
    this.#onTop = onTop
  }
  override named(path: string, name: string, as: string): void {
    super.named(path, name, as)
    if (path === '/single') this.#onTop()
  }
}

function guestOf(act: (when: When) => void): readonly Thing[] {
  return [
    { kind: 'file', name: 'single', text: 'single' },
    {
      kind: 'folder',
      name: 'top',
      in: [
        { kind: 'file', name: 'twin', ref: 'twin', text: 'twin', facts: { links: 2 } },
        {
          kind: 'folder',
          name: 'd',
          onList: () => act('listing'),
          in: [
            { kind: 'file', name: 'f', text: 'f', onRead: () => act('reading') },
            { kind: 'again', name: 'other', ref: 'twin' },
            { kind: 'file', name: 'g', text: 'x'.repeat(700_000) },
            { kind: 'folder', name: 'e', in: [{ kind: 'file', name: 'h', text: 'h' }] },
            { kind: 'link', name: 'l', target: 'f' },
          ],
        },
      ],
    },
  ]
}

const never = new AbortController().signal

async function extract(around: Canary, holds: boolean, act: (when: When, staging: string) => void, signal = never) {
  const pending = new Set<When>(['reading', 'listing', 'built', 'appeared'])
  const once = (when: When): void => {
    if (!pending.delete(when)) return
    const hidden = readdirSync(around.target).find((name) => name.endsWith('.partial'))
    act(when, `${around.target}/${hidden}`)
  }
  const report = new Told(() => once('appeared'))
  const wish = { folder: around.target, isShelf: false, report, log: silentLog, pass: async () => undefined, holds }
  const fileSystem = fakeGuest(guestOf(once))
  await toFolder(
    wish,
    async (sink) => {
      for (const path of ['/single', '/top']) {
        const chosen = { pointId: 'p', volumeId: 'v', fileSystem, path, stream: undefined }
        await walk(chosen, sink, { report, pass: async (now) => now.throwIfAborted() }, signal)
      }
      once('built')
    },
    signal,
  )
  return report.value()
}

for (const holds of [true, false]) {
  const those = races.filter(({ onlyHeld }) => holds || !onlyHeld)
  test(`${those.length} races write nothing outside, with folders ${holds ? 'held' : 'looked at'}`, async (t) => {
    for (const race of those) {
      await t.test(race.what, async () => {
        using around = canary()
        let afterAct: readonly string[] | undefined
        const outcome = await extract(around, holds, (when, staging) => {
          if (when !== race.when) return
          race.act(around, staging)
          afterAct = contents(around)
        }).then(
          () => 'whole',
          (thrown: unknown) => {
            assert.ok(thrown instanceof Failure, String(thrown))
            assert.match(thrown.code, /^target-(failed|exists)$/)
            return 'refused'
          },
        )
        assert.ok(afterAct !== undefined, 'nobody acted')
        if (race.end !== 'either') assert.equal(outcome, race.end)
        assert.deepEqual(contents(around), afterAct)
        if (outcome === 'whole')
          assert.equal(
            readFileSync(around.at('target/top/d/g').replace('target/top', topOf(around)), 'utf8').length,
            700_000,
          )
      })
    }
  })
}

/** Everything outside by content; what we made ourselves and somebody moved out is emptied again, so its bytes do not count. */
function contents(around: Canary): readonly string[] {
  return look(around.home, (name) => name !== 'target' && name !== 'target.away')
    .filter(({ kind, line }) => kind === 'file' && !line.startsWith('/empty/d'))
    .map(({ line }) => line)
}

function topOf(around: Canary): string {
  return lstatSync(around.at('target/top')).isDirectory() ? 'target/top' : 'target/top (2)'
}

test('a folder of ours that is moved out keeps none of our bytes', async () => {
  using around = canary()
  const extracting = extract(around, true, (when, staging) => {
    if (when === 'reading') renameSync(`${staging}/top/d`, around.at('empty/d'))
  })
  await assert.rejects(extracting, { code: 'target-failed' })
  assert.deepEqual(readdirSync(around.at('empty/d')), [])
})

for (const [what, act, code] of [
  ['a full disk', (folder: string) => writeFileSync(`${folder}/ballast`, Buffer.alloc(900_000)), 'no-space'],
  [
    'a target that can only be read any more',
    (folder: string) => void execFileSync('mount', ['-o', 'remount,ro', folder]),
    'target-failed',
  ],
] as const) {
  test(`${what} fails the run and takes what was written away`, async () => {
    using around = canary()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', around.target])
    const extracting = extract(around, true, (when) => {
      if (when === 'listing') act(around.target)
    })
    try {
      await assert.rejects(extracting, { code })
      if (code === 'no-space') assert.deepEqual(readdirSync(around.target), ['ballast'])
    } finally {
      execFileSync('umount', ['-l', around.target])
    }
  })
}

test('cancelled at any moment, nothing of it stays', async () => {
  for (const when of ['listing', 'reading', 'built', 'appeared'] as const) {
    using around = canary()
    const before = around.outside()
    const abort = new AbortController()
    const extracting = extract(around, true, (now) => (now === when ? abort.abort() : undefined), abort.signal)
    await assert.rejects(extracting, (thrown) => isAbort(thrown))
    assert.deepEqual(readdirSync(around.target), [], when)
    assert.deepEqual(around.outside(), before)
  }
})

/** Swaps whatever it finds in the target for links to what is outside and back, as fast as it can, until it is ended. */
const attacker = `
import os, random, sys
target, secret, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
r = random.Random(seed)
print("ready", flush=True)
while True:
  try:
    found = [os.path.join(d, n) for d, ds, fs in os.walk(target) for n in ds + fs]
    if not found: continue
    it = r.choice(found)
    away = it + ".away"
    os.rename(it, away); os.symlink(secret, it)
    if r.random() < 0.7: os.unlink(it); os.rename(away, it)
  except OSError: pass
`

test('while somebody swaps names for links as fast as it goes, nothing outside changes', async (t) => {
  using around = canary()
  const seed = Number(process.env['STILLPOINT_SEED'] ?? Date.now())
  t.diagnostic(`seed ${seed}`)
  const before = around.outside()
  const child = spawn('python3', ['-c', attacker, around.target, around.at('secret'), String(seed)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // It ends before the folder that it changes goes.
  await using _attacker = {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
  await once(child.stdout, 'data')
  for (let round = 0; round < 40; round++) {
    await extract(around, true, () => undefined).catch((thrown: unknown) => {
      assert.ok(thrown instanceof Failure, String(thrown))
    })
    assert.deepEqual(around.outside(), before)
  }
})
