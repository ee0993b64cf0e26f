import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectNbd } from './client.ts'
import { optionReplies, options } from './protocol.ts'
import { optionReply, type Script, scriptedServer } from './server.rig.ts'

const signal = new AbortController().signal
const unreadable = { code: 'disk-unreadable' }

async function connectTo(script: Script): Promise<void> {
  await using server = await scriptedServer(script)
  const address = { socketPath: server.socketPath, exportName: 'vda', contexts: [], connections: 1 }
  await using _ = await connectNbd(address, signal)
}

test('an honest handshake is accepted', async () => {
  await connectTo({})
})

const handshakes: Readonly<Record<string, Script>> = {
  'no NBD greeting': { greeting: Buffer.from('HTTP/1.1 400 Bad Request\r\n') },
  'an old greeting': { greeting: Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), Buffer.alloc(2)]) },
  'a size of 2^63': { sizeBytes: 2 ** 63 },
  'blocks of 3 bytes': { blockSizes: [3, 4096, 65536] },
  'blocks of 1 GiB at least': { blockSizes: [2 ** 30, 2 ** 30, 2 ** 31] },
  'blocks that are larger at least than at most': { blockSizes: [4096, 4096, 512] },
  'option replies without end': {
    onOption: (option, socket) => socket.write(Buffer.concat(Array(100).fill(optionReply(option, 9)))),
  },
  'a reply of 4 GiB': {
    onOption(option, socket) {
      const reply = optionReply(option, optionReplies.ack)
      reply.writeUInt32BE(0xffffffff, 16)
      return socket.write(reply)
    },
  },
  'an answer to another option': {
    onOption: (_, socket) => socket.write(optionReply(77, optionReplies.ack)),
  },
  'a megabyte of nothing': { onOption: (_, socket) => socket.write(Buffer.alloc(3 * 2 ** 20, 1)) },
  'a refusal': {
    onOption: (option, socket) =>
      option === options.go &&
      socket.write(optionReply(option, optionReplies.errorBit + 6, Buffer.from('no such\u202eexport'))),
  },
}

for (const [what, script] of Object.entries(handshakes)) {
  test(`connecting fails when the server begins with ${what}`, async () => {
    await assert.rejects(connectTo(script), unreadable)
  })
}

test('connecting to a server that stays silent ends with the signal', async () => {
  await using server = await scriptedServer({ greeting: Buffer.alloc(0) })
  const address = { socketPath: server.socketPath, exportName: '', contexts: [], connections: 1 }
  const abort = new AbortController()
  const connecting = connectNbd(address, abort.signal)
  abort.abort(new Error('enough'))
  await assert.rejects(connecting, { message: 'enough' })
  await assert.rejects(connectNbd({ ...address, socketPath: `${server.socketPath}-none` }, signal), unreadable)
})
