import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { readonly label: string; readonly text?: string; readonly children: ReactNode }

/** What can be set at the left, with what it means; the control at the right, which names itself for those who cannot see. */
export function SettingRow({ label, text, children }: Props): ReactNode {
  return (
    <div className="setting">
      <div className="setting-words">
        <Text fz="sm" fw={550}>
          {label}
        </Text>
        {text === undefined ? undefined : (
          <Text fz="xs" c="dimmed">
            {text}
          </Text>
        )}
      </div>
      <div className="setting-control">{children}</div>
    </div>
  )
}
