import { Button, Drawer, Group, Modal, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFocusBack } from './use-focus-back.ts'
import './wizard.css'

export type WizardStep<K extends string> = {
  readonly id: K
  readonly title: string
  /** Ready: nothing is missing. Lacking: it was visited and something is. Open: not visited yet. */
  readonly state: 'open' | 'ready' | 'lacking'
}

type Props<K extends string> = {
  readonly title: ReactNode
  readonly steps: readonly WizardStep<K>[]
  readonly at: K
  readonly onStep: (id: K) => void
  /** Something was entered that closing would lose: closing asks first. */
  readonly dirty: boolean
  /** A dialog that lies over it, outside its form; Escape is then that one's. */
  readonly over?: ReactNode
  /** What Enter does: usually the button that goes on. */
  readonly onEnter: () => void
  readonly onClose: () => void
  /** Buttons at the end of the last line; Cancel and Back are there already. */
  readonly footer: ReactNode
  readonly children: ReactNode
}

/** A wide drawer with its steps at the left; every step can be gone to at any time, and nothing entered is lost by going. */
export function Wizard<K extends string>(props: Props<K>): ReactNode {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  useFocusBack()
  const isUncovered = !asking && props.over === undefined
  const close = (): void => (props.dirty ? setAsking(true) : props.onClose())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    props.onEnter()
  }
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size="min(1060px, 100%)"
      closeOnEscape={isUncovered}
      closeOnClickOutside={isUncovered}
    >
      <Drawer.Overlay backgroundOpacity={0.45} />
      <Drawer.Content>
        <form className="wizard-form" onSubmit={submit} autoComplete="off" noValidate>
          <div className="wizard-head">
            <Drawer.Title className="wizard-title">{props.title}</Drawer.Title>
            <Drawer.CloseButton aria-label={t('common.close')} />
          </div>
          <Steps steps={props.steps} at={props.at} onStep={props.onStep} />
          <StepBody key={props.at} title={props.steps.find(({ id }) => id === props.at)?.title ?? ''}>
            {props.children}
          </StepBody>
          <Foot {...props} onCancel={close} />
        </form>
      </Drawer.Content>
      {props.over}
      {asking ? <Discard onKeep={() => setAsking(false)} onDiscard={props.onClose} /> : undefined}
    </Drawer.Root>
  )
}

function Steps<K extends string>({ steps, at, onStep }: Pick<Props<K>, 'steps' | 'at' | 'onStep'>): ReactNode {
  const { t } = useTranslation()
  return (
    <nav className="wizard-steps" aria-label={t('wizard.steps')}>
      <ol>
        {steps.map((step, index) => (
          <li key={step.id}>
            <button
              type="button"
              onClick={() => onStep(step.id)}
              {...(step.id === at ? { 'aria-current': 'step' as const } : {})}
            >
              <StepMark state={step.state} number={index + 1} />
              {step.title}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function StepMark(props: { readonly state: WizardStep<string>['state']; readonly number: number }): ReactNode {
  const { t } = useTranslation()
  return (
    <span className="wizard-mark" data-state={props.state}>
      {props.state === 'open' ? props.number : undefined}
      {props.state === 'ready' ? <IconCheck size={14} role="img" aria-label={t('wizard.ready')} /> : undefined}
      {props.state === 'lacking' ? (
        <IconAlertTriangle size={14} role="img" aria-label={t('wizard.lacking')} />
      ) : undefined}
    </span>
  )
}

/** Takes the focus when a step appears, so that Tab goes on from its beginning and a reader says where one is. */
function StepBody(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="wizard-body" aria-label={props.title}>
      <h3 ref={heading} tabIndex={-1} data-autofocus className="wizard-heading">
        {props.title}
      </h3>
      {props.children}
    </section>
  )
}

function Foot<K extends string>(props: Props<K> & { readonly onCancel: () => void }): ReactNode {
  const { t } = useTranslation()
  const before = props.steps[props.steps.findIndex(({ id }) => id === props.at) - 1]
  return (
    <div className="wizard-foot">
      <Button variant="subtle" color="gray" onClick={props.onCancel}>
        {t('common.cancel')}
      </Button>
      <div style={{ flex: 1 }} />
      {before === undefined ? undefined : (
        <Button variant="default" onClick={() => props.onStep(before.id)}>
          {t('wizard.back')}
        </Button>
      )}
      {props.footer}
    </div>
  )
}

function Discard(props: { readonly onKeep: () => void; readonly onDiscard: () => void }): ReactNode {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      size={420}
      onClose={props.onKeep}
      title={t('wizard.discardTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Text fz="sm">{t('wizard.discardText')}</Text>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button data-autofocus variant="default" onClick={props.onKeep}>
          {t('wizard.keep')}
        </Button>
        <Button color="red" onClick={props.onDiscard}>
          {t('wizard.discard')}
        </Button>
      </Group>
    </Modal>
  )
}
