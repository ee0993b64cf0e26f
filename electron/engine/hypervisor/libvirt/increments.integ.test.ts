import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { never, type Protector, protect } from '../../../../e2e/rig/protect.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames } from './checkpoints.ts'

/** More for a long proof: `ROUNDS=200 SEED=…`. */
const rounds = Number(process.env['ROUNDS'] ?? 8)
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))

/** mulberry32, public domain: the same numbers for the same seed. */
function chance(from: number): (below: number) => number {
  let state = from
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Round = { readonly guest: Guest; readonly protector: Protector; readonly pick: (below: number) => number }

async function write({ guest, pick }: Round): Promise<void> {
  const name = `/mnt/vda/f${pick(6)}`
  await guest.sh(
    `dd if=/dev/urandom of=${name} bs=4k count=${1 + pick(200)} seek=${pick(500)} conv=notrunc 2>/dev/null; sync`,
  )
}

/** What may happen to a machine between two backups. */
const events: Readonly<Record<string, (round: Round) => Promise<void>>> = {
  write,
  async trim({ guest, pick }) {
    await guest.sh(`rm -f /mnt/vda/f${pick(6)} /mnt/vda/f${pick(6)}; sync; fstrim /mnt/vda`)
  },
  async abort(round) {
    await write(round)
    await using _session = await round.protector.begin('incremental')
    await write(round)
  },
  async restart({ guest }) {
    await guest.shutDown()
    await guest.start()
  },
  async kill({ guest }) {
    await guest.kill()
    await guest.start()
  },
  async off({ guest, protector }) {
    await guest.shutDown()
    await protector.take('incremental')
    await guest.start()
  },
  async forget({ guest, protector, pick }) {
    const names = await checkpointNames(protector.connection, guest.uuid, never)
    const name = names[pick(Math.max(1, names.length))]
    if (name !== undefined) await virsh('checkpoint-delete', guest.uuid, name).catch(() => undefined)
  },
}

test(`no random history makes an increment differ from a full read (seed ${seed})`, async () => {
  await using guest = await createGuest({ name: 'random', disks: [{ sizeBytes: 32 * MiB, format: 'qcow2' }] })
  await using protector = await protect(guest.uuid)
  const pick = chance(seed)
  const names = Object.keys(events)
  const methods = ['incremental', 'incremental', 'incremental', 'differential', 'full'] as const
  await protector.take('full')
  let byBitmap = 0
  for (let round = 0; round < rounds; round++) {
    // Half of all rounds only write, or nearly every history would begin anew.
    const name = pick(2) === 0 ? 'write' : names[pick(names.length)]
    await events[name ?? 'write']?.({ guest, protector, pick })
    await write({ guest, protector, pick })
    const { causes } = await protector.take(methods[pick(methods.length)] ?? 'full')
    if (causes['vda'] === 'bitmap-usable') byBitmap++
  }
  assert.ok(byBitmap > 0 || rounds < 20, 'a history without any increment proves nothing')
})
