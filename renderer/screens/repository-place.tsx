import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Place, place as placeShape, type Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { Section } from './repository-section.tsx'

const media = placeShape.shape.medium.options
const longestSite = 200

/** On what it lies and where, as a person says it: no program can see in which house a disk stands. */
export function RepositoryPlace({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories } = useConsole()
  const task = useTask()
  const { place, address } = repository
  const [medium, setMedium] = useState<Place['medium']>(
    place?.medium ?? (address.kind === 's3' ? 'object-store' : 'disk'),
  )
  // What hides in a site that came with a catalog is shown; typed over, it is what is seen.
  const savedSite = visible(place?.site ?? '')
  const [site, setSite] = useState(savedSite)
  const isSaved = place !== undefined && place.medium === medium && savedSite === site.trim()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    task.start(async (signal) => {
      await calls.setPlace({ repositoryId: repository.id, place: { medium, site: site.trim() } }, signal)
      await repositories.refresh()
    })
  }
  return (
    <Section title={t('upkeep.lies')}>
      <form onSubmit={submit} autoComplete="off" className="stack-s">
        <div className="store-pair">
          <Select
            label={t('upkeep.medium')}
            allowDeselect={false}
            value={medium}
            onChange={(value) => setMedium(media.find((each) => each === value) ?? medium)}
            data={media.map((value) => ({ value, label: t(`upkeep.media.${value}`) }))}
          />
          <TextInput
            label={t('upkeep.site')}
            maxLength={longestSite}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
          />
        </div>
        <Text fz="xs" c="dimmed">
          {t('upkeep.siteHint')}
        </Text>
        <Group>
          <Button type="submit" size="compact-sm" variant="default" disabled={isSaved} loading={task.busy}>
            {t('upkeep.save')}
          </Button>
          {isSaved ? (
            <Text fz="sm" c="dimmed" role="status">
              {t('upkeep.placeSaved')}
            </Text>
          ) : undefined}
        </Group>
        {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      </form>
    </Section>
  )
}
