import type { i18n } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole, useCoverage, useList } from '../parts/console-context.tsx'
import { sections } from '../parts/sections.ts'
import type { Coverage } from '../stores/coverage.ts'
import {
  type Act,
  type Entry,
  entry,
  machineEntries,
  pointEntries,
  policyEntries,
  repositoryEntries,
  runEntries,
} from './entries.ts'

type Translate = i18n['t']

/** Everything that can be found, in the order in which it stands while nothing is typed. */
export function useEntries(): readonly Entry[] {
  const { t } = useTranslation()
  const coverage = useCoverage()
  const runs = useList('runs').items
  const policies = useList('policies').items
  const repositories = useList('repositories').items
  const points = useConsole().points.getState().items
  const pointed = useMemo(() => pointEntries(points), [points])
  return useMemo(
    () => [
      ...screens(t),
      ...commands(t),
      ...machineEntries(coverage),
      ...policyEntries(policies),
      ...repositoryEntries(repositories),
      ...coverage.flatMap((row) => machineCommands(row, t)),
      ...runEntries(runs, (run) => `${t(`fact.runKind.${run.kind}`)} · ${t(`fact.runState.${run.state}`)}`),
      ...pointed,
    ],
    [t, coverage, runs, policies, repositories, pointed],
  )
}

function screens(t: Translate): readonly Entry[] {
  return sections.map((kind) => entry('screen', kind, t(`nav.${kind}`), '', { kind: 'go', place: { kind } }))
}

function commands(t: Translate): readonly Entry[] {
  const all: readonly (readonly [string, string, Act])[] = [
    ['protect', t('palette.command.protect'), { kind: 'open', dialog: { kind: 'protect', machineIds: [] } }],
    ['add-host', t('palette.command.addHost'), { kind: 'open', dialog: { kind: 'add-host' } }],
    ['create', t('palette.command.createRepository'), { kind: 'open', dialog: { kind: 'create-repository' } }],
    ['open', t('palette.command.openRepository'), { kind: 'open', dialog: { kind: 'open-repository' } }],
    ['language', t('app.language'), { kind: 'language' }],
    ['theme', `${t('app.toDark')} / ${t('app.toLight')}`, { kind: 'theme' }],
  ]
  return all.map(([id, title, act]) => entry('command', id, title, '', act))
}

/** What can be done with one machine now. */
function machineCommands({ machineId, name, machine, points }: Coverage, t: Translate): readonly Entry[] {
  const backUp: Act = { kind: 'open', dialog: { kind: 'back-up', machineIds: [machineId] } }
  const newest = points[0]
  return [
    ...(machine === undefined
      ? []
      : [entry('command', `back-up-${machineId}`, t('palette.command.backUp', { name }), '', backUp)]),
    ...(newest === undefined
      ? []
      : [
          entry('command', `browse-${machineId}`, t('palette.command.browse', { name }), '', {
            kind: 'go',
            place: { kind: 'folder', machineId, pointId: newest.id },
          }),
          entry('command', `restore-${machineId}`, t('palette.command.restore', { name }), '', {
            kind: 'open',
            dialog: { kind: 'restore', pointId: newest.id },
          }),
        ]),
  ]
}
