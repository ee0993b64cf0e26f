import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Volume } from '../../shared/files.ts'
import { goToInstead, useConsole, usePointsOf } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Empty } from '../parts/panel.tsx'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import { FolderDiff } from './folder-diff.tsx'
import { FolderMoments } from './folder-moments.tsx'
import { FolderView } from './folder-view.tsx'
import { FolderVolumes } from './folder-volumes.tsx'
import { Shelf } from './shelf.tsx'
import { useAnswer } from './use-answer.ts'
import { usePoint } from './use-point.ts'
import './files.css'

/** A point's files: machine, moment and volume, the folder, what is chosen in it; below them the shelf. */
export function FolderScreen({ place }: { readonly place: FolderPlace }): ReactNode {
  const { calls } = useConsole()
  const { point, failure } = usePoint(place.pointId)
  const points = usePointsOf().get(place.machineId) ?? []
  const volumes = useAnswer((signal) => calls.listVolumes({ pointId: place.pointId }, signal), place.pointId)
  // The row that the keyboard stands on stays when another moment is chosen.
  const active = useRef<string>(undefined)
  useFirstVolume(place, volumes.answer)
  if (failure !== undefined) return <FailureNote failure={failure} />
  if (point === undefined) return <Loading />
  return (
    <div className="files">
      <div className="files-parts">
        <div className="files-side">
          <FolderMoments place={place} point={point} points={points} active={active} />
          <FolderVolumes place={place} volumes={volumes} />
        </div>
        {place.volumeId === undefined ? (
          <div className="files-middle">
            {volumes.failure === undefined && volumes.answer === undefined ? <Loading /> : <NoVolume />}
          </div>
        ) : place.against !== undefined ? (
          <FolderDiff key={place.against} place={place} point={point} points={points} />
        ) : (
          <FolderView
            key={[place.pointId, place.volumeId, place.path].join('\n')}
            folder={{ pointId: place.pointId, volumeId: place.volumeId, path: place.path ?? '/' }}
            name={place.name}
            point={point}
            points={points}
            active={active}
          />
        )}
      </div>
      <Shelf />
    </div>
  )
}

function NoVolume(): ReactNode {
  const { t } = useTranslation()
  return (
    <Empty text={t('files.chooseVolume')}>
      <Button component="a" variant="default" href={toFragment({ kind: 'files' })}>
        {t('files.title')}
      </Button>
    </Empty>
  )
}

/** Without a volume in the address the largest is meant whose files can be read. */
function useFirstVolume(place: FolderPlace, volumes: readonly Volume[] | undefined): void {
  useEffect(() => {
    if (place.volumeId !== undefined || volumes === undefined) return
    const readable = volumes.filter(({ reader, refusal }) => reader !== undefined && refusal === undefined)
    const [largest] = readable.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
    if (largest !== undefined) goToInstead({ ...place, volumeId: largest.id, path: '/' })
  }, [place, volumes])
}
