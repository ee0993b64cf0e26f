import { Anchor } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { toFragment } from '../stores/navigation.ts'
import { momentText } from '../text/amounts.ts'

/** A point by its machine and moment, leading to that machine; one that is no longer listed by its id. */
export function PointLink({ pointId }: { readonly pointId: string }): ReactNode {
  const { t, i18n } = useTranslation()
  const points = useList('points').items
  const point = useMemo(() => points.find(({ id }) => id === pointId), [points, pointId])
  if (point === undefined) return t('repositories.unknownPoint', { id: pointId })
  return (
    <Anchor inherit href={toFragment({ kind: 'machine', machineId: point.machineId, pointId })}>
      <Name text={point.machineName} /> · {momentText(point.createdAt, i18n.language)}
    </Anchor>
  )
}
