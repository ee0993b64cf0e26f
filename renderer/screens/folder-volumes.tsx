import { Button } from '@mantine/core'
import { IconAlertTriangle, IconDatabase, IconLock } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Volume } from '../../shared/files.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Name } from '../parts/name.tsx'
import { SecretInput } from '../parts/secret-input.tsx'
import { useTask } from '../parts/use-task.ts'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import type { Answer } from './use-answer.ts'
import { contentText, volumeTitle } from './volume-words.ts'

type Props = { readonly place: FolderPlace; readonly volumes: Answer<readonly Volume[]> }

/** What the point's disks hold: what each volume is, who reads it, or why nobody does. */
export function FolderVolumes({ place, volumes }: Props): ReactNode {
  const { t } = useTranslation()
  const { answer, failure } = volumes
  return (
    <section className="files-box files-volumes" aria-label={t('files.volumes')}>
      <div className="files-box-head">
        <h2>{t('files.volumes')}</h2>
      </div>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {answer === undefined && failure === undefined ? <Loading /> : undefined}
      {answer?.length === 0 ? <p className="files-hint">{t('files.noVolumes')}</p> : undefined}
      {answer === undefined ? undefined : (
        <ul>
          {answer.map((volume) => (
            <OneVolume key={volume.id} place={place} volume={volume} onUnlocked={volumes.ask} />
          ))}
        </ul>
      )}
    </section>
  )
}

type VolumeProps = { readonly place: FolderPlace; readonly volume: Volume; readonly onUnlocked: () => void }

function OneVolume({ place, volume, onUnlocked }: VolumeProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { id, reader, refusal, told } = volume
  const isReadable = reader !== undefined && refusal === undefined
  const isLocked = refusal === 'encrypted'
  const Icon = isLocked ? IconLock : IconDatabase
  const { machineId, pointId } = place
  const title = (
    <>
      <Icon size={15} stroke={1.6} aria-hidden="true" />
      <Name text={volumeTitle(volume)} />
    </>
  )
  return (
    <li data-chosen={id === place.volumeId ? true : undefined}>
      {isReadable ? (
        <a
          className="volume-name"
          href={toFragment({ kind: 'folder', machineId, pointId, volumeId: id, path: '/' })}
          {...(id === place.volumeId ? { 'aria-current': 'true' } : {})}
        >
          {title}
        </a>
      ) : (
        <span className="volume-name">{title}</span>
      )}
      <div className="volume-facts">
        <Name text={id} /> · {contentText(volume.content, t)} · {sizeText(volume.sizeBytes, i18n.language)}
      </div>
      {reader === undefined ? undefined : <div className="volume-facts">{t(`files.readers.${reader}`)}</div>}
      {refusal === undefined ? undefined : (
        <div className="volume-facts" {...(told === undefined ? {} : { title: visible(told) })}>
          {t(`files.refusals.${refusal}`)}
        </div>
      )}
      {volume.notes.map((note) => (
        <div key={note} className="volume-facts volume-note">
          {note === 'journal-replayed' ? undefined : <IconAlertTriangle size={13} aria-hidden="true" />}
          <span>{t(`files.notes.${note}`)}</span>
        </div>
      ))}
      {isLocked ? <Unlock pointId={pointId} volume={volume} onUnlocked={onUnlocked} /> : undefined}
    </li>
  )
}

type UnlockProps = { readonly pointId: string; readonly volume: Volume; readonly onUnlocked: () => void }

/** The key is asked for here and now, and kept by the engine for as long as the volume is open. */
function Unlock({ pointId, volume, onUnlocked }: UnlockProps): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [passphrase, setPassphrase] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (passphrase === '') return
    task.start(async (signal) => {
      await calls.unlockVolume({ pointId, volumeId: volume.id, passphrase }, signal)
      setPassphrase('')
      onUnlocked()
    })
  }
  return (
    <form className="volume-unlock" onSubmit={submit} autoComplete="off">
      <SecretInput
        size="xs"
        label={t('files.volumeKey', { volume: visible(volumeTitle(volume)) })}
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-xs" variant="default" loading={task.busy} disabled={passphrase === ''}>
        {t('files.unlock')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </form>
  )
}
