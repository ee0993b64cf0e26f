import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { hostAddress, hostId } from '../../../shared/machine.ts'
import { repositoryId, storeAddress } from '../../../shared/repository.ts'
import { writeDurably } from '../base/durable-file.ts'

const copy = z.object({
  version: z.literal(1),
  hosts: z.array(z.object({ id: hostId, address: hostAddress, name: z.string() })),
  repositories: z.array(
    z.object({
      id: repositoryId,
      address: storeAddress,
      seen: z.optional(z.object({ number: z.number(), hash: z.string() })),
      verifiedAt: z.optional(z.number()),
    }),
  ),
})

/** What a lost catalog cannot learn from the repositories: which hosts and repositories there are. */
export type Copy = z.infer<typeof copy>

/** Undefined when there is none, or none that can be understood: a catalog then starts empty. */
export function readCopy(path: string): Copy | undefined {
  try {
    return copy.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch (thrown) {
    if (thrown instanceof SyntaxError || (thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

export function writeCopy(path: string, content: Copy): void {
  writeDurably(path, Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`), 0o600)
}
