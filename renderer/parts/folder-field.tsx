import { Button, Group, Popover, TextInput } from '@mantine/core'
import { IconFolderSearch } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FolderBrowser } from './folder-browser.tsx'

type Props = {
  readonly label: string
  readonly description?: string
  readonly value: string
  readonly onChange: (folder: string) => void
  readonly error?: string
  readonly autoFocus?: boolean
  readonly readOnly?: boolean
}

/**
 * A folder on the machine on which the engine runs: typed, or looked for. Electron's window asks the system's own dialog;
 * elsewhere the engine's folders are listed, because a browser's dialog would show another machine's or none.
 */
export function FolderField({ label, value, onChange, autoFocus, ...rest }: Props): ReactNode {
  const { t } = useTranslation()
  const labelId = useId()
  const [open, setOpen] = useState(false)
  const native = window.bridge?.chooseFolder
  const browse = async (): Promise<void> => {
    if (native === undefined) return setOpen(!open)
    const chosen = await native()
    if (chosen !== undefined) onChange(chosen)
  }
  const choose = (folder: string): void => {
    onChange(folder)
    setOpen(false)
  }
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      width={420}
      position="bottom-end"
      trapFocus
      returnFocus
      shadow="md"
      closeOnClickOutside
    >
      <TextInput
        label={label}
        labelProps={{ id: labelId }}
        {...rest}
        {...(autoFocus ? { 'data-autofocus': true } : {})}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        inputContainer={(input) => (
          <Group gap={8} wrap="nowrap" align="end">
            <div style={{ flex: 1, minWidth: 0 }}>{input}</div>
            <Popover.Target>
              <Button
                variant="default"
                h={36}
                aria-describedby={labelId}
                leftSection={<IconFolderSearch size={15} aria-hidden="true" />}
                onClick={() => void browse()}
              >
                {t('folders.browse')}
              </Button>
            </Popover.Target>
          </Group>
        )}
      />
      <Popover.Dropdown p={0} aria-label={t('folders.title')}>
        <FolderBrowser start={value.trim()} onChoose={choose} onCancel={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}
