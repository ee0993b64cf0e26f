import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abilitiesFrom } from './snapshot-abilities.ts'
import { type Judgement, judge, type SnapshotAbilities } from './snapshot-rules.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'

const leaf: SnapshotAbilities = { externalRevert: false, externalDelete: 'leaf' }
const merge: SnapshotAbilities = { externalRevert: true, externalDelete: 'merge' }

type Place = Partial<SnapshotRecord['disks'][number]>

function taken(name: string, ...places: readonly Place[]): SnapshotRecord {
  const disks = places.map((place) => ({
    name: 'vda',
    location: place.overlay === undefined ? ('internal' as const) : ('external' as const),
    image: undefined,
    overlay: undefined,
    below: [],
    ...place,
  }))
  return { name, parent: undefined, createdAt: 0, description: undefined, memory: 'none', memoryPath: undefined, disks }
}

function judged(records: readonly SnapshotRecord[], chain: readonly string[], abilities = leaf): readonly string[] {
  const words = ({ revertRefusal, deleteRefusal }: Judgement) => `${revertRefusal ?? 'yes'} ${deleteRefusal ?? 'yes'}`
  return [...judge(records, new Map([['vda', chain]]), abilities).values()].map(words)
}

test('inside the image that the machine writes to everything is allowed', () => {
  assert.deepEqual(judged([taken('a', { image: '/a' }), taken('b', { image: '/a' })], ['/a']), ['yes yes', 'yes yes'])
})

test('inside an image that the machine has left for an overlay nothing is allowed', () => {
  const records = [taken('inside', { image: '/a' }), taken('over', { image: '/a', overlay: '/b' })]
  assert.deepEqual(judged(records, ['/b', '/a']), ['mixed-chain mixed-chain', 'external-revert mixed-chain'])
})

test('an image below somebody’s overlay is not gone back on, even when the machine writes to it again', () => {
  const records = [taken('inside', { image: '/a' }), taken('over', { image: '/a', overlay: '/b' })]
  assert.deepEqual(judged(records, ['/a'])[0], 'mixed-chain yes')
})

test('an overlay that holds a snapshot inside is not merged away', () => {
  const records = [taken('over', { image: '/a', overlay: '/b' }), taken('inside', { image: '/b' })]
  assert.deepEqual(judged(records, ['/b', '/a'], merge), ['yes mixed-chain', 'yes yes'])
})

test('of a line of overlays the newest goes; libvirt that can merge takes any', () => {
  const records = [taken('one', { image: '/a', overlay: '/b' }), taken('two', { image: '/b', overlay: '/c' })]
  const chain = ['/c', '/b', '/a']
  assert.deepEqual(judged(records, chain), ['external-revert external-parent', 'external-revert yes'])
  assert.deepEqual(judged(records, chain, merge), ['yes yes', 'yes yes'])
  const old = { externalRevert: false, externalDelete: 'never' } as const
  assert.deepEqual(judged(records, chain, old), ['external-revert host-too-old', 'external-revert host-too-old'])
})

test('two overlays over one image keep each other’s ground, whatever libvirt can', () => {
  const records = [taken('left', { image: '/a', overlay: '/b' }), taken('right', { image: '/a', overlay: '/c' })]
  assert.deepEqual(judged(records, ['/c', '/a'], merge), ['yes external-parent', 'yes external-parent'])
})

test('an overlay that two others rest on stays, whatever libvirt can', () => {
  const records = [
    taken('lower', { image: '/a', overlay: '/b' }),
    taken('left', { image: '/b', overlay: '/c' }),
    taken('right', { image: '/b', overlay: '/d' }),
  ]
  assert.equal(judged(records, ['/d', '/b', '/a'], merge)[0], 'yes external-parent')
})

test('an overlay outside the present chain is not merged', () => {
  assert.deepEqual(judged([taken('left', { image: '/a', overlay: '/b' })], ['/x'], merge), ['yes external-parent'])
})

test('one disk that may not is enough, and a snapshot of both kinds may nothing', () => {
  const both = taken('both', { image: '/a' }, { name: 'vdb', image: '/c', overlay: '/d' })
  assert.deepEqual(judged([both], ['/a'], merge), ['mixed-chain mixed-chain'])
  const two = taken('two', { image: '/a' }, { name: 'vdb', image: '/gone' })
  assert.deepEqual(judged([two], ['/a']), ['mixed-chain mixed-chain'])
})

test('what a libvirt can do is told by its capabilities first, then by its version', () => {
  const capable = '<capabilities><guest/><guest><features><externalSnapshot/></features></guest></capabilities>'
  const plain = '<capabilities><guest><features><acpi/></features></guest></capabilities>'
  assert.deepEqual(abilitiesFrom(9_010_000, capable), merge)
  assert.deepEqual(abilitiesFrom(9_000_000, plain), leaf)
  assert.deepEqual(abilitiesFrom(8_010_000, plain), { externalRevert: false, externalDelete: 'never' })
})
