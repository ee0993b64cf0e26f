import { Tabs } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { type FileRow, joinPath } from '../files/rows.ts'
import { Name } from '../parts/name.tsx'
import { FilePreview } from './file-preview.tsx'
import { FileProperties } from './file-properties.tsx'
import { FileVersions } from './file-versions.tsx'
import { TargetFolders } from './target-folders.tsx'
import type { OpenFolder } from './use-folder.ts'

const paneParts = ['preview', 'properties', 'versions', 'targets'] as const
export type PanePart = (typeof paneParts)[number]

/** While the arrow keys run through a folder nothing is read of each row that is passed. */
const restMs = 150

type Props = {
  readonly part: PanePart
  readonly onPart: (part: PanePart) => void
  readonly folder: OpenFolder
  readonly row: FileRow | undefined
  readonly points: readonly Point[]
}

/** What is known of one row: what is in it, what it is, what it was; and where files can be dropped. */
export function FolderPane({ part, onPart, folder, row, points }: Props): ReactNode {
  const { t } = useTranslation()
  const [rested] = useDebouncedValue(row, restMs)
  const settled = rested ?? row
  return (
    <aside className="files-pane" aria-label={t('files.details')}>
      <Tabs
        value={part}
        onChange={(value) => onPart(paneParts.find((each) => each === value) ?? 'preview')}
        keepMounted={false}
      >
        <Tabs.List>
          {paneParts.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`files.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={part} className="files-pane-body">
          {part === 'targets' ? (
            <TargetFolders />
          ) : settled === undefined ? (
            <p className="files-hint">{t('files.chooseFile')}</p>
          ) : (
            <>
              <h2 className="files-pane-title">
                <Name text={settled.entry.name} />
              </h2>
              <OnePart part={part} folder={folder} row={settled} points={points} />
            </>
          )}
        </Tabs.Panel>
      </Tabs>
    </aside>
  )
}

type PartProps = {
  readonly part: Exclude<PanePart, 'targets'>
  readonly folder: OpenFolder
  readonly row: FileRow
  readonly points: readonly Point[]
}

function OnePart({ part, folder, row, points }: PartProps): ReactNode {
  const { entry, pointId } = row
  const ref = { pointId, volumeId: folder.volumeId, path: joinPath(folder.path, entry.name) }
  const key = [ref.pointId, ref.path].join('\n')
  switch (part) {
    case 'preview':
      return <FilePreview key={key} fileRef={ref} entry={entry} />
    case 'properties':
      return <FileProperties key={key} fileRef={ref} />
    case 'versions':
      return <FileVersions key={key} fileRef={ref} points={points} />
  }
}
