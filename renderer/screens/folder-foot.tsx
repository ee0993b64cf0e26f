import { Button } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileEntry } from '../../shared/files.ts'
import type { ShelfItem } from '../stores/shelf.ts'
import { sizeText } from '../text/amounts.ts'
import type { Pages } from './use-pages.ts'

type Props = {
  readonly pages: Pages<FileEntry>
  readonly count: number
  readonly shown: number
  /** What is chosen, or the row that one stands on. */
  readonly items: readonly ShelfItem[]
  readonly onShelve: () => void
}

/** How much there is, how much of it is chosen, and the way to the shelf. */
export function FolderFoot({ pages, count, shown, items, onShelve }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const size = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const total = shown === count ? t('files.entries', { count }) : t('files.filtered', { shown, count })
  return (
    <div className="files-foot">
      <span role="status">{pages.done ? total : t('files.reading', { count })}</span>
      <span className="files-chosen">
        {items.length === 0
          ? undefined
          : t('files.chosen', { count: items.length, size: sizeText(size, i18n.language) })}
      </span>
      <Button
        size="compact-sm"
        disabled={items.length === 0}
        leftSection={<IconStack2 size={15} aria-hidden="true" />}
        onClick={onShelve}
      >
        {t('files.shelve')}
      </Button>
    </div>
  )
}
