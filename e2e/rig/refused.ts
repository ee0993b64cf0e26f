import assert from 'node:assert/strict'
import { Failure, type FailureCode } from '../../shared/failure.ts'
import type { SnapshotRefusal } from '../../shared/machine.ts'

/** Passes when the work fails with that code, and with that refusal where one is named. */
export async function fails(work: Promise<unknown>, code: FailureCode, refusal?: SnapshotRefusal): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof Failure, String(thrown))
    assert.equal(thrown.code, code, thrown.message)
    if (refusal !== undefined) assert.match(thrown.message, new RegExp(`^${refusal}: `))
    return true
  })
}
