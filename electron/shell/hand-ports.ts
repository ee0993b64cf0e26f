import { MessageChannelMain, type WebContents } from 'electron'
import type { Message } from '../../shared/wire.ts'
import type { EngineThread } from '../host/engine-thread.ts'

/** Every load of the page gets a port of its own; the one before it closes with the page it belonged to. */
export function handPorts(engine: EngineThread, contents: WebContents): void {
  contents.on('did-finish-load', () => {
    const { port1, port2 } = new MessageChannelMain()
    const port = engine.attach()
    port.onMessage((message) => port1.postMessage(message))
    port1.on('message', ({ data }) => port.post(data as Message))
    port1.once('close', () => port[Symbol.dispose]())
    port1.start()
    contents.postMessage('engine-port', null, [port2])
  })
}
