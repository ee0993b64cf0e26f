import { Alert, Button, CopyButton, Group, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = { readonly children: ReactNode }
type State = { readonly thrown?: unknown }

/** Keeps a bug of one screen from taking the whole window with it, and says so. */
export class Mishap extends Component<Props, State> {
  override state: State = {}

  static getDerivedStateFromError(thrown: unknown): State {
    return { thrown }
  }

  override render(): ReactNode {
    return 'thrown' in this.state ? <MishapNote thrown={this.state.thrown} /> : this.props.children
  }
}

function MishapNote({ thrown }: { readonly thrown: unknown }): ReactNode {
  const { t } = useTranslation()
  const details = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return (
    <Alert role="alert" color="red" variant="light" title={t('app.brokenTitle')} maw={640}>
      <Text fz="sm">{t('app.brokenText')}</Text>
      <Group gap="xs" mt="sm">
        <Button onClick={() => location.reload()}>{t('app.reload')}</Button>
        <CopyButton value={details}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('common.copied') : t('common.copyDetails')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  )
}
