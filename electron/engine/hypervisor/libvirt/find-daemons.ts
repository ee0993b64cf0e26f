import { connect } from 'node:net'
import { parseUri } from './uri.ts'

const answerWaitMs = 1000

/**
 * The local daemons that take a connection now, as URIs. None is started by this, but for one whose socket the system itself
 * holds open for it.
 */
export async function findDaemons(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const uris = ['qemu:///system', 'qemu:///session']
  const found = await Promise.all(uris.map((uri) => someAnswers(parseUri(uri, environment).sockets, signal)))
  return uris.filter((_, at) => found[at])
}

async function someAnswers(sockets: readonly string[], signal: AbortSignal): Promise<boolean> {
  const answers = await Promise.all(sockets.map((socket) => answersAt(socket, signal)))
  return answers.includes(true)
}

function answersAt(socket: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    const end = (isThere: boolean) => () => {
      connection.destroy()
      resolve(isThere)
    }
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(answerWaitMs)])
    bounded.addEventListener('abort', end(false), { once: true })
    connection.once('connect', end(true)).once('error', end(false))
  })
}
