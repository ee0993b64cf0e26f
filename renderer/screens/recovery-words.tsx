import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFocusBack } from '../parts/use-focus-back.ts'
import { visible } from '../text/visible.ts'

type Props = { readonly words: string; readonly address: string; readonly onClose: () => void }

/** Shown once. It cannot be clicked away by accident: only saying that the words are kept ends it. */
export function RecoveryWords(props: Props): ReactNode {
  const { t } = useTranslation()
  const [kept, setKept] = useState(false)
  useFocusBack()
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('repositories.wordsTitle')}
      className="print-sheet"
    >
      <Stack gap="md">
        <Text fz="sm">{t('repositories.wordsText')}</Text>
        <ol className="words" aria-label={t('repositories.words')}>
          {props.words.split(' ').map((word, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may occur twice; its place is its identity
            <li key={at}>{word}</li>
          ))}
        </ol>
        <Text fz="xs" ff="monospace">
          Stillpoint · {visible(props.address)}
        </Text>
        <Checkbox
          className="no-print"
          label={t('repositories.kept')}
          checked={kept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <Group justify="flex-end" gap="xs" className="no-print">
          <Button
            variant="default"
            leftSection={<IconPrinter size={15} aria-hidden="true" />}
            onClick={() => window.print()}
          >
            {t('repositories.print')}
          </Button>
          <Button disabled={!kept} onClick={props.onClose}>
            {t('repositories.finish')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
