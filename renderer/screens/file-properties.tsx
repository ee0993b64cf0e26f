import { ActionIcon } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileDetails, FileRef } from '../../shared/files.ts'
import { modeText, octalMode } from '../files/modes.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Name } from '../parts/name.tsx'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { useShelfItems } from './shelf-items.ts'
import { useAnswer } from './use-answer.ts'

type Props = { readonly fileRef: FileRef }

/** Everything the file system says of one file. */
export function FileProperties({ fileRef }: Props): ReactNode {
  const { calls } = useConsole()
  const { answer, failure } = useAnswer((signal) => calls.showFile(fileRef, signal), '')
  if (failure !== undefined) return <FailureNote failure={failure} />
  if (answer === undefined) return <Loading />
  return (
    <>
      <Facts file={answer} volumeId={fileRef.volumeId} />
      {answer.streams.length === 0 ? undefined : <Streams file={answer} fileRef={fileRef} />}
    </>
  )
}

function Facts({ file, volumeId }: { readonly file: FileDetails; readonly volumeId: string }): ReactNode {
  const { t, i18n } = useTranslation()
  const size = (bytes: number): string =>
    `${sizeText(bytes, i18n.language)} (${new Intl.NumberFormat(i18n.language).format(bytes)} B)`
  const moment = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : momentText(at, i18n.language)
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('files.location'), <Name key="path" text={`${volumeId}:${file.path}`} />],
    [t('files.kind'), t(`files.kinds.${file.kind}`)],
    [t('files.target'), file.target === undefined ? undefined : <Name key="target" text={file.target} />],
    [t('files.size'), file.kind === 'file' ? size(file.sizeBytes) : undefined],
    [t('files.allocated'), file.allocatedBytes === undefined ? undefined : size(file.allocatedBytes)],
    [t('files.modified'), moment(file.modifiedAt)],
    [t('files.changedAt'), moment(file.changedAt)],
    [t('files.createdAt'), moment(file.createdAt)],
    [t('files.accessedAt'), moment(file.accessedAt)],
    [t('files.owner'), ownerOf(file, (uid, gid) => t('files.ownerOf', { uid, gid }))],
    [t('files.mode'), file.mode === undefined ? undefined : `${modeText(file.mode)} (${octalMode(file.mode)})`],
    [t('files.attributesOf'), file.attributes?.map((each) => t(`files.attributes.${each}`)).join(' · ')],
    [t('files.device'), file.device === undefined ? undefined : `${file.device.major}:${file.device.minor}`],
    [t('files.links'), file.links],
    [t('files.node'), file.node],
  ]
  return (
    <>
      {file.problem === undefined ? undefined : (
        <p className="tone-bad">{t('files.problem', { problem: visible(file.problem) })}</p>
      )}
      <dl className="facts files-facts">
        {facts
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([word, value]) => (
            <Fragment key={word}>
              <dt>{word}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
      </dl>
    </>
  )
}

function ownerOf({ uid, gid }: FileDetails, words: (uid: number, gid: number | string) => string): string | undefined {
  return uid === undefined ? undefined : words(uid, gid ?? '–')
}

/** Alternate data streams: each can be put on the shelf as a file of its own. */
function Streams({ file, fileRef }: { readonly file: FileDetails; readonly fileRef: FileRef }): ReactNode {
  const { t, i18n } = useTranslation()
  const { shelf } = useConsole()
  const itemOf = useShelfItems()
  return (
    <>
      <h3 className="files-subtitle">{t('files.streams')}</h3>
      <ul className="plain-rows file-streams">
        {file.streams.map(({ name, sizeBytes }) => (
          <li key={name}>
            <Name text={name} />
            <span className="files-dim">{sizeText(sizeBytes, i18n.language)}</span>
            <ActionIcon
              aria-label={t('files.shelveStream', { name: visible(name) })}
              onClick={() => shelf.add([itemOf({ ...fileRef, kind: 'file', sizeBytes, stream: name })])}
            >
              <IconStack2 size={15} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </>
  )
}
