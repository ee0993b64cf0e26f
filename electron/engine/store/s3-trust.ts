import type { Socket } from 'node:net'
import tls from 'node:tls'
import { Failure } from '../../../shared/failure.ts'
import type { S3Address } from '../../../shared/repository.ts'

/** Whom to believe: the usual authorities and one's own, or one certificate alone. No session is resumed unseen. */
export function trustOf(address: S3Address): tls.SecureContextOptions & { readonly rejectUnauthorized?: boolean } {
  if (address.fingerprint !== undefined) return { rejectUnauthorized: false }
  return { ca: [...authorities(), ...(address.ca === undefined ? [] : [address.ca])] }
}

function authorities(): readonly string[] {
  return [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
}

/**
 * Resolves when the socket is connected and, where one certificate is pinned, shows exactly that one; nothing must be sent
 * before. Otherwise the error tells both.
 */
export async function untilTrusted(socket: Socket, fingerprint: string | undefined): Promise<void> {
  if (!(socket instanceof tls.TLSSocket)) return
  if (socket.connecting || socket.getProtocol() === null) await secured(socket)
  if (fingerprint === undefined) return
  const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()
  if (shown === fingerprint) return
  socket.destroy()
  throw new Failure('repository-unreachable', `The store shows the certificate ${shown}, not ${fingerprint}`)
}

/** An error of the socket is told by its request. */
async function secured(socket: tls.TLSSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.once('secureConnect', resolve)
  socket.once('close', resolve)
  await promise
}
