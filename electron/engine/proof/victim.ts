import { createInterface } from 'node:readline'
import { answer } from '../../../shared/wire.ts'
import { openConsole } from './walk.ts'

/**
 * A process that is there to be killed: an engine on the home it is given, the contract's calls as lines of JSON on standard
 * input, their answers as lines on standard output. The first line says that it is ready.
 */
export type VictimCall = { readonly id: number; readonly name: string; readonly argument: unknown }

if (import.meta.main) {
  const { calls } = await openConsole(process.argv[2] ?? '')
  const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
  say('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, name, argument } = JSON.parse(line) as VictimCall
    void answer(calls, name, argument, new AbortController().signal).then((outcome) => say({ id, ...outcome }))
  }
}
