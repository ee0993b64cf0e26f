import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileRef, FileVersion } from '../../shared/files.ts'
import type { Point } from '../../shared/point.ts'
import { folderOf, lastName } from '../files/rows.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { toFragment } from '../stores/navigation.ts'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { IndexMissing } from './index-missing.tsx'
import { useShelfItems } from './shelf-items.ts'
import { useAnswer } from './use-answer.ts'

type Props = { readonly fileRef: FileRef; readonly points: readonly Point[] }

/** Every content that this path had over the machine's points, newest first. */
export function FileVersions({ fileRef, points }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const machineId = points[0]?.machineId ?? ''
  const { volumeId, path } = fileRef
  const { answer, failure, ask } = useAnswer((signal) => calls.fileVersions({ machineId, volumeId, path }, signal), '')
  if (failure !== undefined) return <FailureNote failure={failure} />
  if (answer === undefined) return <Loading />
  return (
    <>
      {answer.missing.length === 0 ? undefined : (
        <IndexMissing machineId={machineId} count={answer.missing.length} onRead={ask} />
      )}
      {answer.versions.length === 0 ? (
        <p className="files-hint">{t('files.noVersions')}</p>
      ) : (
        <ol className="file-versions" aria-label={t('files.versionList', { name: visible(lastName(path)) })}>
          {answer.versions.map((version) => (
            <Version key={version.pointIds.join()} version={version} fileRef={fileRef} points={points} />
          ))}
        </ol>
      )}
    </>
  )
}

type VersionProps = { readonly version: FileVersion; readonly fileRef: FileRef; readonly points: readonly Point[] }

function Version({ version, fileRef, points }: VersionProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { shelf } = useConsole()
  const itemOf = useShelfItems()
  const { pointIds, kind, sizeBytes, modifiedAt } = version
  const isShown = pointIds.includes(fileRef.pointId)
  const [newest = fileRef.pointId] = pointIds
  const oldest = pointIds.at(-1)
  const moment = (pointId: string | undefined): string => {
    const at = points.find(({ id }) => id === pointId)?.createdAt
    return at === undefined ? t('common.none') : momentText(at, i18n.language)
  }
  const { volumeId, path } = fileRef
  const [{ machineId } = { machineId: '' }] = points
  const place = {
    kind: 'folder',
    machineId,
    pointId: newest,
    volumeId,
    path: folderOf(path),
    name: lastName(path),
  } as const
  return (
    <li data-chosen={isShown ? true : undefined}>
      <div className="file-version-head">
        <strong>{modifiedAt === undefined ? t(`files.kinds.${kind}`) : momentText(modifiedAt, i18n.language)}</strong>
        <span>{kind === 'file' ? sizeText(sizeBytes, i18n.language) : undefined}</span>
      </div>
      <div className="files-dim">
        {newest === oldest ? moment(newest) : `${moment(oldest)} – ${moment(newest)}`}
        {' · '}
        {t('files.versionPoints', { count: pointIds.length })}
      </div>
      <div className="file-version-acts">
        {isShown ? (
          <span className="file-badge">{t('files.thisVersion')}</span>
        ) : (
          <Button component="a" size="compact-xs" variant="default" href={toFragment(place)}>
            {t('files.goVersion')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            shelf.add([itemOf({ pointId: isShown ? fileRef.pointId : newest, volumeId, path, kind, sizeBytes })])
          }
        >
          {t('files.takeVersion')}
        </Button>
      </div>
    </li>
  )
}
