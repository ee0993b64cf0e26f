import { Failure } from '../../../shared/failure.ts'
import { isKnownFeature } from './format/config.ts'
import type { Core } from './parts.ts'

/** See `Repository.readOnly`. */
export function whyReadOnly({ config, ledger }: Core): string | undefined {
  const unknown = config.requiredFeatures.filter((feature) => !isKnownFeature(feature))
  if (unknown.length > 0) return `The repository needs ${unknown.join(', ')}, which this version does not know`
  if (ledger.hasUnknown) return 'A later version has written to the repository; this one only reads it'
  return undefined
}

/** Fails with `repository-too-new` where this version only reads. */
export function needWritable(core: Core): void {
  const problem = whyReadOnly(core)
  if (problem !== undefined) throw new Failure('repository-too-new', problem)
}
