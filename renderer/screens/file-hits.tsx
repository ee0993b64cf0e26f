import { Button } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileHit } from '../../shared/files.ts'
import { folderOf, lastName } from '../files/rows.ts'
import { goTo, useConsole, useCoverage } from '../parts/console-context.tsx'
import { ChooseAll, ColumnHead, GridHead } from '../parts/grid-head.tsx'
import { Name } from '../parts/name.tsx'
import { type Choice, nothingChosen } from '../parts/row-choice.ts'
import { GridCell, RowGrid } from '../parts/row-grid.tsx'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import type { ShelfItem } from '../stores/shelf.ts'
import { momentFormat, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { FileIcon } from './file-icon.tsx'
import { useShelfDrag, useShelfItems } from './shelf-items.ts'

const rowPx = 46

/** What was found, the best first: opening one leads to the newest point that has it. */
export function FileHits({ hits }: { readonly hits: readonly FileHit[] }): ReactNode {
  const { t } = useTranslation()
  const { shelf } = useConsole()
  const [choice, setChoice] = useState<Choice>(nothingChosen)
  const itemOf = useShelfItems()
  const { onDrag, onDragEnd } = useShelfDrag()
  const keys = useMemo(() => hits.map(keyOf), [hits])
  const itemsOf = (taken: readonly string[]): readonly ShelfItem[] =>
    hits.filter((hit) => taken.includes(keyOf(hit))).map((hit) => itemOf(hit))
  const chosen = choice.chosen.size > 0 ? [...choice.chosen] : choice.active === undefined ? [] : [choice.active]
  const items = itemsOf(chosen)
  return (
    <>
      <RowGrid
        label={t('files.hits')}
        className="hits-grid"
        keys={keys}
        rowPx={rowPx}
        head={<Head choice={choice} onChoice={setChoice} keys={keys} />}
        choice={choice}
        onChoice={setChoice}
        onOpen={(key) => {
          const hit = hits.find((each) => keyOf(each) === key)
          if (hit !== undefined) goTo(placeOf(hit))
        }}
        onDrag={(taken, event) => onDrag(itemsOf(taken), event.dataTransfer)}
        onDragEnd={onDragEnd}
        row={(index, isChosen) => {
          const hit = hits[index]
          return hit === undefined ? undefined : <Hit hit={hit} chosen={isChosen} />
        }}
      />
      <div className="files-foot">
        <span className="files-chosen" />
        <Button
          size="compact-sm"
          disabled={items.length === 0}
          leftSection={<IconStack2 size={15} aria-hidden="true" />}
          onClick={() => shelf.add(items)}
        >
          {t('files.shelve')}
        </Button>
      </div>
    </>
  )
}

function Head(choosing: Parameters<typeof ChooseAll>[0]): ReactNode {
  const { t } = useTranslation()
  return (
    <GridHead className="hit hit-head">
      <ChooseAll {...choosing} />
      <ColumnHead>{t('files.name')}</ColumnHead>
      <ColumnHead>{t('files.hitPoint')}</ColumnHead>
      <ColumnHead>{t('files.size')}</ColumnHead>
      <ColumnHead>{t('files.modified')}</ColumnHead>
    </GridHead>
  )
}

function keyOf({ machineId, volumeId, path }: FileHit): string {
  return [machineId, volumeId, path].join('\n')
}

function placeOf({ machineId, pointId, volumeId, path }: FileHit): FolderPlace {
  return { kind: 'folder', machineId, pointId, volumeId, path: folderOf(path), name: lastName(path) }
}

function Hit({ hit, chosen }: { readonly hit: FileHit; readonly chosen: boolean }): ReactNode {
  const { t, i18n } = useTranslation()
  const machines = useCoverage()
  const moments = useMemo(() => momentFormat(i18n.language), [i18n.language])
  const name = lastName(hit.path)
  const machine = machines.find(({ machineId }) => machineId === hit.machineId)?.name ?? ''
  return (
    <div className="hit" role="presentation">
      <GridCell className="column-tick" part="tick">
        <input
          type="checkbox"
          className="machine-tick"
          tabIndex={-1}
          readOnly
          checked={chosen}
          aria-label={t('files.selectNamed', { name: visible(name) })}
        />
      </GridCell>
      <GridCell className="hit-name">
        <FileIcon kind={hit.kind} />
        <span className="hit-names">
          <a className="link" data-part="link" tabIndex={-1} draggable={false} href={toFragment(placeOf(hit))}>
            <Name text={name} />
          </a>
          <span className="files-dim">
            <Name text={`${hit.volumeId}:${folderOf(hit.path)}`} />
          </span>
        </span>
      </GridCell>
      <GridCell className="hit-machine">
        <Name text={machine} />
        <span className="files-dim">
          {hit.goneSince === undefined ? (
            moments.format(hit.pointAt)
          ) : (
            <span className="file-badge change-gone">
              {t('files.goneSince', { moment: moments.format(hit.goneSince) })}
            </span>
          )}
        </span>
      </GridCell>
      <GridCell className="hit-size">
        <span>{hit.kind === 'file' ? sizeText(hit.sizeBytes, i18n.language) : t(`files.kinds.${hit.kind}`)}</span>
        <span className="files-dim">{t('files.versionsKnown', { count: hit.versions })}</span>
      </GridCell>
      <GridCell className="hit-modified">
        {hit.modifiedAt === undefined ? t('common.none') : moments.format(hit.modifiedAt)}
      </GridCell>
    </div>
  )
}
