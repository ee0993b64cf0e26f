import type { MessagePort } from 'node:worker_threads'
import type { WireFailure } from '../../shared/failure.ts'
import type { About } from '../../shared/settings.ts'

/** What the engine's thread is started with. */
export type ThreadData = About & { readonly unattended: boolean }

/** What the host says to the engine's thread beside the ports. */
export type ThreadOrder =
  | { readonly kind: 'port'; readonly port: MessagePort }
  /** One `GET /files/<ticket>`; both speak as `shared/download.ts` has it, and either ends it by closing the port. */
  | { readonly kind: 'download'; readonly port: MessagePort; readonly ticket: string; readonly asksPicture: boolean }
  | { readonly kind: 'close' }
  | SecretAnswer

/** What the thread says back: `refused` means that starting it again would change nothing. */
export type ThreadReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: WireFailure }
  | SecretQuestion

/** The thread cannot reach the system's secret store itself: it asks its host to seal or to open some bytes. */
export type SecretQuestion = {
  readonly kind: 'secret'
  readonly id: number
  readonly act: 'seal' | 'open'
  readonly bytes: Uint8Array
}

/** `isStale`: what was opened should be sealed anew, the store has a newer key. */
export type SecretAnswer = { readonly kind: 'secret'; readonly id: number } & (
  | { readonly bytes: Uint8Array; readonly isStale: boolean }
  | { readonly failure: WireFailure }
)
