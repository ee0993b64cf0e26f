import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileEntry, FileRef } from '../../shared/files.ts'
import { decodeText, type Encoding, encodings, fromBase64, hexLines, type Look, lookAt } from '../files/bytes.ts'
import { lastName } from '../files/rows.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { visible } from '../text/visible.ts'
import { type Answer, useAnswer } from './use-answer.ts'

const pageBytes = 65_536
/** A browser takes a picture into memory whole. */
const largestPicture = 64 * 1_048_576

type Props = { readonly fileRef: FileRef; readonly entry: FileEntry }

/** What is in a file, as text, as a picture or byte by byte; a page of it at a time. */
export function FilePreview({ fileRef, entry }: Props): ReactNode {
  const { t } = useTranslation()
  if (entry.kind !== 'file') return <p className="files-hint">{t('files.noPreview')}</p>
  if (entry.sizeBytes === 0) return <p className="files-hint">{t('files.emptyFile')}</p>
  return <Preview fileRef={fileRef} />
}

type Page = { readonly bytes: Uint8Array; readonly offset: number; readonly sizeBytes: number }

function usePage(fileRef: FileRef, offset: number): Answer<Page> {
  const { calls } = useConsole()
  return useAnswer(async (signal) => {
    const { base64, sizeBytes } = await calls.readFile({ ...fileRef, offset, lengthBytes: pageBytes }, signal)
    return { bytes: fromBase64(base64), offset, sizeBytes }
  }, String(offset))
}

type As = Look['kind']

function Preview({ fileRef }: { readonly fileRef: FileRef }): ReactNode {
  const [offset, setOffset] = useState(0)
  const { answer, failure } = usePage(fileRef, offset)
  const [first, setFirst] = useState<Look>()
  const [chosen, setChosen] = useState<As>()
  const [encoding, setEncoding] = useState<Encoding>()
  if (failure !== undefined) return <FailureNote failure={failure} />
  if (answer === undefined) return <Loading />
  const look = first ?? lookAt(answer.bytes)
  if (first === undefined) setFirst(look)
  const isPicture = look.kind === 'picture' && answer.sizeBytes <= largestPicture
  const as = chosen ?? (look.kind === 'picture' && !isPicture ? 'binary' : look.kind)
  const guessed = look.kind === 'text' ? look.encoding : 'utf-8'
  return (
    <>
      <PreviewChoice
        as={as}
        isPicture={isPicture}
        onAs={setChosen}
        encoding={encoding ?? guessed}
        onEncoding={setEncoding}
      />
      {as === 'picture' ? (
        <Picture fileRef={fileRef} />
      ) : (
        <>
          <PageText page={answer} as={as} encoding={encoding ?? guessed} />
          <Pager page={answer} onOffset={setOffset} />
        </>
      )}
    </>
  )
}

type ChoiceProps = {
  readonly as: As
  readonly isPicture: boolean
  readonly onAs: (as: As) => void
  readonly encoding: Encoding
  readonly onEncoding: (encoding: Encoding) => void
}

function PreviewChoice({ as, isPicture, onAs, encoding, onEncoding }: ChoiceProps): ReactNode {
  const { t } = useTranslation()
  const kinds = [
    { value: 'text', label: t('files.asText') },
    ...(isPicture ? [{ value: 'picture', label: t('files.asPicture') }] : []),
    { value: 'binary', label: t('files.asHex') },
  ]
  return (
    <div className="preview-choice">
      <SegmentedControl
        size="xs"
        aria-label={t('files.showAs')}
        value={as}
        onChange={(value) => onAs(value === 'picture' || value === 'text' ? value : 'binary')}
        data={kinds}
      />
      {as === 'text' ? (
        <NativeSelect
          size="xs"
          aria-label={t('files.encoding')}
          value={encoding}
          data={[...encodings]}
          onChange={({ currentTarget }) => {
            const found = encodings.find((each) => each === currentTarget.value)
            if (found !== undefined) onEncoding(found)
          }}
        />
      ) : undefined}
    </div>
  )
}

type PageProps = { readonly page: Page; readonly as: 'text' | 'binary'; readonly encoding: Encoding }

/** Text from a guest is shown with everything in it that would deceive the eye as marks. */
function PageText({ page, as, encoding }: PageProps): ReactNode {
  const { t } = useTranslation()
  const text = useMemo(
    () => (as === 'text' ? safeText(decodeText(page.bytes, encoding)) : hexLines(page.bytes, page.offset).join('\n')),
    [page, as, encoding],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={`preview-text preview-${as}`} tabIndex={0} aria-label={t('files.preview')}>
      <pre>{text}</pre>
    </section>
  )
}

function safeText(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.split('\t').map(visible).join('\t'))
    .join('\n')
}

function Pager({ page, onOffset }: { readonly page: Page; readonly onOffset: (offset: number) => void }): ReactNode {
  const { t, i18n } = useTranslation()
  const { offset, bytes, sizeBytes } = page
  const end = offset + bytes.length
  const number = new Intl.NumberFormat(i18n.language)
  if (offset === 0 && end >= sizeBytes) return undefined
  return (
    <div className="preview-pager">
      <span role="status">
        {t('files.bytesShown', {
          from: number.format(offset),
          to: number.format(end),
          total: number.format(sizeBytes),
        })}
      </span>
      <span className="preview-turn">
        <Button
          size="compact-xs"
          variant="default"
          disabled={offset === 0}
          onClick={() => onOffset(Math.max(0, offset - pageBytes))}
        >
          {t('files.earlier')}
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={end >= sizeBytes || bytes.length === 0}
          onClick={() => onOffset(end)}
        >
          {t('files.later')}
        </Button>
      </span>
    </div>
  )
}

/** Served by the engine as a picture only when its bytes are those of one. */
function Picture({ fileRef }: { readonly fileRef: FileRef }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const [failed, setFailed] = useState(false)
  const { answer, failure } = useAnswer((signal) => calls.openDownload({ items: [fileRef], as: 'file' }, signal), '')
  if (failure !== undefined) return <FailureNote failure={failure} />
  if (failed) return <p className="files-hint">{t('files.pictureFailed')}</p>
  if (answer === undefined) return <Loading />
  return (
    <img
      className="preview-picture"
      src={`/files/${answer.ticket}?inline`}
      alt={t('files.pictureAlt', { name: visible(lastName(fileRef.path)) })}
      onError={() => setFailed(true)}
    />
  )
}
