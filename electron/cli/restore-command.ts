import path from 'node:path'
import type { RestoreTarget } from '../../shared/contract.ts'
import { diskFormats } from '../../shared/machine.ts'
import { type Answer, type Command, choice } from './command.ts'
import { UsageError, type Words } from './grammar.ts'
import { followRun, needDone, type Session } from './session.ts'

export const restoreCommand: Command = {
  grammar: {
    usage:
      'restore POINT (--to-images DIR [--format F] [--disk NAME]... | --as-new NAME --host ID [--storage DIR] [--start] | --in-place [--disk NAME]... [--no-undo])',
    options: {
      'to-images': 'string',
      format: 'string',
      disk: 'strings',
      'as-new': 'string',
      host: 'string',
      storage: 'string',
      start: 'boolean',
      'in-place': 'boolean',
      'no-undo': 'boolean',
    },
    positionals: 1,
    oneOf: ['to-images', 'as-new', 'in-place'],
    within: {
      format: ['to-images'],
      disk: ['to-images', 'in-place'],
      host: ['as-new'],
      storage: ['as-new'],
      start: ['as-new'],
      'no-undo': ['in-place'],
    },
  },
  run: restore,
}

async function restore(session: Session, words: Words): Promise<Answer> {
  const pointId = words.rest[0] ?? ''
  const target = targetOf(words)
  const { runId } = await session.calls.startRestore({ pointId, target }, session.interrupted)
  const run = needDone(await followRun(session, runId))
  const made = target.kind === 'images' ? { files: run.target?.split('\n') ?? [] } : { machineId: run.machineId }
  const { undoPointId, warnings } = run
  const { bytesRead, bytesWritten } = run.progress
  return { value: { runId, pointId, target: run.target, ...made, undoPointId, bytesRead, bytesWritten, warnings } }
}

function targetOf(words: Words): RestoreTarget {
  const folder = words.text('to-images')
  const name = words.text('as-new')
  if (folder !== undefined) return imagesOf(words, folder)
  if (name !== undefined) return newMachineOf(words, name)
  return { kind: 'in-place', ...disksOf(words), ...(words.has('no-undo') ? { withoutUndo: true } : {}) }
}

function imagesOf(words: Words, folder: string): RestoreTarget {
  const format = choice(words.text('format') ?? 'raw', diskFormats, 'format')
  return { kind: 'images', folder: path.resolve(folder), format, ...disksOf(words) }
}

function newMachineOf(words: Words, name: string): RestoreTarget {
  const hostId = words.text('host')
  const storage = words.text('storage')
  if (hostId === undefined) throw new UsageError('--as-new needs --host')
  const place = storage === undefined ? {} : { storage: path.resolve(storage) }
  return { kind: 'new-machine', name, hostId, ...place, ...(words.has('start') ? { start: true } : {}) }
}

function disksOf(words: Words): { disks?: string[] } {
  const disks = words.texts('disk')
  return disks.length === 0 ? {} : { disks: [...disks] }
}
