import { List } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileReport } from '../../shared/files.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

const shownLines = 50

/** What a restore of files wrote, what it had to call otherwise, and what it left out. Stands in a `.facts`. */
export function FilesReport({ report }: { readonly report: FileReport }): ReactNode {
  const { t, i18n } = useTranslation()
  const { files, folders, links, bytes, renamed, skipped } = report
  return (
    <>
      <dt>{t('activity.filesReport')}</dt>
      <dd>{t('activity.filesCounts', { files, folders, links, size: sizeText(bytes, i18n.language) })}</dd>
      <Lines
        title={t('activity.filesRenamed')}
        lines={renamed.map(({ path, as }) => t('activity.filesRenamedAs', { path: visible(path), as: visible(as) }))}
      />
      <Lines
        title={t('activity.filesSkipped')}
        lines={skipped.map(({ path, why }) =>
          t('activity.filesSkippedWhy', { path: visible(path), why: visible(why) }),
        )}
      />
    </>
  )
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): ReactNode {
  const { t } = useTranslation()
  if (lines.length === 0) return undefined
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <List size="sm">
          {[...new Set(lines)].slice(0, shownLines).map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
        {lines.length > shownLines ? t('activity.filesMore', { count: lines.length - shownLines }) : undefined}
      </dd>
    </>
  )
}
