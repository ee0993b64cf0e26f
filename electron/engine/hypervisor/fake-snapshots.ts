import { Failure } from '../../../shared/failure.ts'
import type { Snapshot, SnapshotRefusal } from '../../../shared/machine.ts'
import type { DiskCopy } from './fake-disk.ts'
import type { FakeMachine } from './fake-machine.ts'
import type { NewSnapshot } from './hypervisor.ts'

type Taken = {
  readonly name: string
  readonly description: string | undefined
  readonly createdAt: number
  readonly memory: boolean
  /** What the machine was doing; it does so again when it comes back. */
  readonly state: FakeMachine['state']
  readonly disks: readonly DiskCopy[]
  parent: string | undefined
}

/** The snapshots of a fake machine, with the bytes of their disks. All lie inside the images. */
export class FakeSnapshots {
  readonly #machine: FakeMachine
  /** Parents before children. */
  #taken: readonly Taken[] = []
  #current: string | undefined

  constructor(machine: FakeMachine) {
    this.#machine = machine
  }

  create({ name, description, memory }: NewSnapshot, createdAt: number): void {
    const { state, disks } = this.#machine
    this.#refuse('create')
    if (memory && state === 'off') throw refused('memory-needs-running', `${this.#machine.name} is off`)
    if (this.#taken.some((each) => each.name === name))
      throw new Failure('target-exists', `There is a snapshot ${name}`)
    const copies = disks.map((disk) => disk.copy())
    const parent = this.#current
    this.#taken = [...this.#taken, { name, description, createdAt, memory, state, disks: copies, parent }]
    this.#current = name
  }

  /** A disk that came after the snapshot stays as it is. */
  revert(name: string): void {
    const snapshot = this.#find(name)
    this.#refuse('revert')
    this.#machine.dropCheckpoints(() => true)
    for (const copy of snapshot.disks) this.#machine.disks.find((disk) => disk.name === copy.name)?.goBack(copy)
    this.#machine.state = snapshot.memory ? snapshot.state : 'off'
    this.#current = name
  }

  remove(name: string): void {
    const { parent } = this.#find(name)
    this.#refuse('delete')
    this.#taken = this.#taken.filter((each) => each.name !== name)
    for (const each of this.#taken) if (each.parent === name) each.parent = parent
    if (this.#current === name) this.#current = parent
  }

  listed(): Snapshot[] {
    return this.#taken.map((taken) => ({
      name: taken.name,
      createdAt: taken.createdAt,
      current: taken.name === this.#current,
      memory: taken.memory ? 'internal' : 'none',
      disks: taken.disks.map(({ name }) => ({ name, location: 'internal' as const })),
      depth: this.#depthOf(taken),
      ...(taken.description === undefined ? {} : { description: taken.description }),
      ...(taken.parent === undefined ? {} : { parent: taken.parent }),
      ...this.#refusals(),
    }))
  }

  #refusals(): Pick<Snapshot, 'revertRefusal' | 'deleteRefusal'> {
    const { revert, delete: remove } = this.#machine.faults.refusals ?? {}
    return {
      ...(revert === undefined ? {} : { revertRefusal: revert }),
      ...(remove === undefined ? {} : { deleteRefusal: remove }),
    }
  }

  #refuse(act: 'create' | 'revert' | 'delete'): void {
    const refusal = this.#machine.faults.refusals?.[act]
    if (refusal !== undefined) throw refused(refusal, `to ${act} it is refused on demand`)
  }

  #find(name: string): Taken {
    const found = this.#taken.find((each) => each.name === name)
    if (found === undefined) throw new Failure('snapshot-not-found', `${this.#machine.name} has no snapshot ${name}`)
    return found
  }

  #depthOf({ parent }: Taken): number {
    const above = this.#taken.find((each) => each.name === parent)
    return above === undefined ? 1 : this.#depthOf(above) + 1
  }
}

function refused(code: SnapshotRefusal, sentence: string): Failure {
  return new Failure('snapshot-refused', `${code}: ${sentence}`)
}
