import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { ScreenHead } from '../parts/panel.tsx'
import { HostStep } from './first-run-host.tsx'
import { ProtectStep } from './first-run-protect.tsx'
import { RepositoryStep } from './first-run-repository.tsx'
import { Step } from './first-run-step.tsx'
import './first-run.css'

type Number = 1 | 2 | 3

/** The way from nothing to the first point. The next step to do is open; the others can be looked at again. */
export function FirstRun(): ReactNode {
  const { t } = useTranslation()
  const hasHost = useList('hosts').items.length > 0
  const hasRepository = useList('repositories').items.some((repository) => repository.state === 'open')
  const next: Number = !hasHost ? 1 : !hasRepository ? 2 : 3
  const [chosen, setChosen] = useState<Number | 'none'>()
  const at = chosen ?? next
  const goOn = (): void => setChosen(undefined)
  const stepProps = (number: Number, done: boolean) => ({
    number,
    done,
    open: at === number,
    onToggle: () => setChosen(at === number ? 'none' : number),
  })
  return (
    <div className="first-run">
      <ScreenHead title={t('start.title')} />
      <p className="first-run-lead">{t('start.lead')}</p>
      <ol className="panel first-run-steps">
        <Step {...stepProps(1, hasHost)} title={t('start.hostTitle')} text={t('start.hostText')}>
          <HostStep onDone={goOn} />
        </Step>
        <Step {...stepProps(2, hasRepository)} title={t('start.repositoryTitle')} text={t('start.repositoryText')}>
          <RepositoryStep onStart={() => setChosen(2)} onDone={goOn} />
        </Step>
        <Step {...stepProps(3, false)} title={t('start.protectTitle')} text={t('start.protectText')}>
          <ProtectStep ready={hasHost && hasRepository} />
        </Step>
      </ol>
    </div>
  )
}
