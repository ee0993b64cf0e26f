import { Button, Group, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { Panel } from '../parts/panel.tsx'
import type { Coverage } from '../stores/coverage.ts'
import { visible } from '../text/visible.ts'
import { AddHostDialog } from './add-host-dialog.tsx'
import { CreateRepositoryDialog } from './create-repository-dialog.tsx'
import { OpenRepositoryDialog } from './open-repository-dialog.tsx'
import { SampleDialog } from './sample-dialog.tsx'

type Props = { readonly first: Coverage | undefined; readonly onBackUp: (row: Coverage) => void }
type Open = 'host' | 'sample' | 'create' | 'open'

/** The way from nothing to the first point: three steps, of which the next one to do stands out. */
export function StartPanel({ first, onBackUp }: Props): ReactNode {
  const { t } = useTranslation()
  const hasHost = useList('hosts').items.length > 0
  const hasRepository = useList('repositories').items.some((repository) => repository.state === 'open')
  const [open, setOpen] = useState<Open>()
  const next = !hasHost ? 1 : !hasRepository ? 2 : 3
  const close = (): void => setOpen(undefined)
  return (
    <>
      <Panel title={t('start.title')} note={t('start.lead')}>
        <ol className="steps">
          <Step number={1} next={next} done={hasHost} title={t('start.hostTitle')} text={t('start.hostText')}>
            <Choice main={next === 1} text={t('start.addHost')} onClick={() => setOpen('host')} />
            <Choice main={false} text={t('start.makeSample')} onClick={() => setOpen('sample')} />
          </Step>
          <Step
            number={2}
            next={next}
            done={hasRepository}
            title={t('start.repositoryTitle')}
            text={t('start.repositoryText')}
          >
            <Choice main={next === 2} text={t('start.createRepository')} onClick={() => setOpen('create')} />
            <Choice main={false} text={t('start.openRepository')} onClick={() => setOpen('open')} />
          </Step>
          <Step number={3} next={next} done={false} title={t('start.backupTitle')} text={t('start.backupText')}>
            {first === undefined || next !== 3 ? undefined : (
              <Choice main text={t('start.backUp', { name: visible(first.name) })} onClick={() => onBackUp(first)} />
            )}
          </Step>
        </ol>
      </Panel>
      {open === 'host' ? <AddHostDialog onClose={close} /> : undefined}
      {open === 'sample' ? <SampleDialog onClose={close} /> : undefined}
      {open === 'create' ? <CreateRepositoryDialog onClose={close} /> : undefined}
      {open === 'open' ? <OpenRepositoryDialog onClose={close} /> : undefined}
    </>
  )
}

type StepProps = {
  readonly number: number
  readonly next: number
  readonly done: boolean
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

function Step(props: StepProps): ReactNode {
  const { t } = useTranslation()
  const isNext = props.number === props.next
  return (
    <li data-state={props.done ? 'done' : isNext ? 'next' : 'later'} {...(isNext ? { 'aria-current': 'step' } : {})}>
      <span className="step-number">
        {props.done ? <IconCheck size={15} role="img" aria-label={t('start.done')} /> : props.number}
      </span>
      <div>
        <Text fw={600} fz="md">
          {props.title}
        </Text>
        <Text c="dimmed" fz="sm">
          {props.text}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        {props.children}
      </Group>
    </li>
  )
}

function Choice(props: { readonly main: boolean; readonly text: string; readonly onClick: () => void }): ReactNode {
  return (
    <Button variant={props.main ? 'filled' : 'default'} onClick={props.onClick} maw={280}>
      {props.text}
    </Button>
  )
}
