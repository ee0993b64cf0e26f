import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFocusBack } from '../parts/use-focus-back.ts'

type Props = { readonly secret: string; readonly repositoryId: string; readonly onClose: () => void }

const markLength = 8

/** The secret half of a key pair, as a file. Only saying that it is stored ends it: nobody can make this file again. */
export function RecoveryKeyFile({ secret, repositoryId, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const [kept, setKept] = useState(false)
  const [url, setUrl] = useState<string>()
  useFocusBack()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([`${secret}\n`], { type: 'text/plain' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [secret])
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('upkeep.keyMade')}
    >
      <Stack gap="md">
        <Text fz="sm">{t('upkeep.keyMadeText')}</Text>
        <Group>
          <Button
            component="a"
            href={url}
            download={`stillpoint-key-${repositoryId.slice(0, markLength)}.txt`}
            leftSection={<IconDownload size={15} aria-hidden="true" />}
          >
            {t('upkeep.download')}
          </Button>
        </Group>
        <Checkbox
          label={t('upkeep.keyKept')}
          checked={kept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button disabled={!kept} onClick={onClose}>
            {t('upkeep.done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
