import { isIPv4 } from 'node:net'
import { Failure } from '../../../shared/failure.ts'
import type { S3Address } from '../../../shared/repository.ts'

/**
 * The endpoint's URL, undefined for AWS itself. Fails with `invalid-argument` where it is none, or where what is sent could
 * be read on the way: plain http only to this machine.
 */
export function endpointOf(address: S3Address): URL | undefined {
  if (address.endpoint === undefined) return undefined
  const url = URL.canParse(address.endpoint) ? new URL(address.endpoint) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure(
      'invalid-argument',
      `${JSON.stringify(address.endpoint)} is not an address like https://host:port`,
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || url.pathname !== '/') {
    throw new Failure('invalid-argument', 'The address of an S3 store is a scheme, a host and a port, nothing else')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Failure('invalid-argument', `${url.host} is another machine: it must be spoken to by https`)
  }
  return url
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}
