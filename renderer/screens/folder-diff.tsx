import { Button, NativeSelect } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangedFile } from '../../shared/files.ts'
import type { Point } from '../../shared/point.ts'
import { folderOf, lastName } from '../files/rows.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { ColumnHead, GridHead } from '../parts/grid-head.tsx'
import { Name } from '../parts/name.tsx'
import { type Choice, nothingChosen } from '../parts/row-choice.ts'
import { GridCell, RowGrid } from '../parts/row-grid.tsx'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import type { ShelfItem } from '../stores/shelf.ts'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { FileIcon } from './file-icon.tsx'
import { useShelfDrag, useShelfItems } from './shelf-items.ts'
import { type Pages, usePages } from './use-pages.ts'

const pageSize = 2000
const most = 20_000
const rowPx = 30

type Props = { readonly place: FolderPlace; readonly point: Point; readonly points: readonly Point[] }

/** Everything that is different below one folder between two moments, told from the later one. */
export function FolderDiff({ place, point, points }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const other = points.find(({ id }) => id === place.against)
  const [from, to] = (other?.createdAt ?? 0) < point.createdAt ? [other, point] : [point, other]
  const { against: _, ...folder } = place
  const pages = useDifferences(place, from, to)
  const path = place.path ?? '/'
  return (
    <div className="files-middle files-wide">
      <div className="files-bar">
        <div className="files-line">
          <h2 className="files-diff-title">{t('files.diffTitle')}</h2>
          <Button size="compact-sm" variant="default" onClick={() => goTo(folder)}>
            {t('files.diffClose')}
          </Button>
        </div>
        <div className="files-line">
          <NativeSelect
            size="xs"
            label={t('files.diffFrom', { moment: momentText(point.createdAt, i18n.language) })}
            value={place.against ?? ''}
            data={points
              .filter(({ id }) => id !== point.id)
              .map(({ id, createdAt }) => ({ value: id, label: momentText(createdAt, i18n.language) }))}
            onChange={({ currentTarget }) => goTo({ ...place, against: currentTarget.value })}
          />
          <span className="files-compared at-end">{t('files.diffBelow', { path: visible(path) })}</span>
        </div>
      </div>
      <Differences place={place} pages={pages} from={from} to={to} />
    </div>
  )
}

function useDifferences(place: FolderPlace, from: Point | undefined, to: Point | undefined): Pages<ChangedFile> {
  const { calls } = useConsole()
  const { volumeId, path } = place
  return usePages<ChangedFile>(
    {
      most,
      merge: (all, page) => [...all, ...page],
      ask: async (cursor, signal) => {
        if (from === undefined || to === undefined) return { items: [] }
        const where = { ...(volumeId === undefined ? {} : { volumeId }), ...(path === undefined ? {} : { path }) }
        const more = cursor === undefined ? {} : { cursor }
        const pair = { from: from.id, to: to.id, limit: pageSize }
        const { changes, next } = await calls.diffFiles({ ...pair, ...where, ...more }, signal)
        return { items: changes, next }
      },
    },
    [from?.id, to?.id, volumeId, path].join('\n'),
  )
}

type ListProps = {
  readonly place: FolderPlace
  readonly pages: Pages<ChangedFile>
  readonly from: Point | undefined
  readonly to: Point | undefined
}

function Differences({ place, pages, from, to }: ListProps): ReactNode {
  const { t } = useTranslation()
  const { shelf } = useConsole()
  const [choice, setChoice] = useState<Choice>(nothingChosen)
  const { onDrag, onDragEnd } = useShelfDrag()
  const itemOf = useShelfItems()
  const { items } = pages
  const keys = useMemo(() => items.map(({ volumeId, path }) => `${volumeId}\n${path}`), [items])
  /** What is gone is taken from the earlier point, everything else from the later one. */
  const pointOf = ({ change }: ChangedFile): string => (change === 'gone' ? from : to)?.id ?? place.pointId
  const itemsOf = (taken: readonly string[]): readonly ShelfItem[] =>
    items
      .filter((_, at) => taken.includes(keys[at] ?? ''))
      .map((each) => {
        const { kind = 'file', sizeBytes = 0 } = each.after ?? each.before ?? {}
        return itemOf({ pointId: pointOf(each), volumeId: each.volumeId, path: each.path, kind, sizeBytes })
      })
  const chosen = choice.chosen.size > 0 ? [...choice.chosen] : choice.active === undefined ? [] : [choice.active]
  return (
    <>
      <div className="files-list">
        <RowGrid
          label={t('files.diffList')}
          className="files-grid"
          keys={keys}
          rowPx={rowPx}
          head={
            <GridHead className="diff-row">
              <ColumnHead>{t('files.diffChange')}</ColumnHead>
              <ColumnHead>{t('files.path')}</ColumnHead>
              <ColumnHead className="column-size">{t('files.size')}</ColumnHead>
            </GridHead>
          }
          choice={choice}
          onChoice={setChoice}
          onOpen={(key) => {
            const each = items[keys.indexOf(key)]
            if (each !== undefined) goTo(placeOf(place, each, pointOf(each)))
          }}
          onDrag={(taken, event) => onDrag(itemsOf(taken), event.dataTransfer)}
          onDragEnd={onDragEnd}
          row={(index) => {
            const each = items[index]
            return each === undefined ? undefined : <Difference of={each} place={placeOf(place, each, pointOf(each))} />
          }}
        />
        {pages.failure === undefined ? undefined : (
          <div className="files-over">
            <FailureNote failure={pages.failure} />
          </div>
        )}
        {items.length === 0 && pages.done && pages.failure === undefined ? (
          <p className="files-over files-hint">{t('files.diffNothing')}</p>
        ) : undefined}
      </div>
      <div className="files-foot">
        <span role="status">
          {pages.done ? t('files.diffCount', { count: items.length }) : t('files.reading', { count: items.length })}
          {pages.cut ? ` · ${t('files.diffMore')}` : undefined}
        </span>
        <span className="files-chosen" />
        <Button size="compact-sm" disabled={chosen.length === 0} onClick={() => shelf.add(itemsOf(chosen))}>
          {t('files.shelve')}
        </Button>
      </div>
    </>
  )
}

function placeOf(place: FolderPlace, { volumeId, path }: ChangedFile, pointId: string): FolderPlace {
  const { kind, machineId } = place
  return { kind, machineId, pointId, volumeId, path: folderOf(path), name: lastName(path) }
}

function Difference({ of: each, place }: { readonly of: ChangedFile; readonly place: FolderPlace }): ReactNode {
  const { t, i18n } = useTranslation()
  const { change, before, after, path } = each
  const size = (entry: ChangedFile['before']): string =>
    entry?.kind === 'file' ? sizeText(entry.sizeBytes, i18n.language) : t('common.none')
  return (
    <div className="diff-row" role="presentation">
      <GridCell>
        <span className={`file-badge change-${change}`}>{t(`files.change.${change}`)}</span>
      </GridCell>
      <GridCell className="column-name">
        <FileIcon kind={(after ?? before)?.kind ?? 'file'} />
        <a className="link" data-part="link" tabIndex={-1} draggable={false} href={toFragment(place)}>
          <Name text={path} />
        </a>
      </GridCell>
      <GridCell className="column-size">
        {change === 'changed' ? `${size(before)} → ${size(after)}` : size(after ?? before)}
      </GridCell>
    </div>
  )
}
