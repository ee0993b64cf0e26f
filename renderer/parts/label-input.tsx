import { TagsInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { visible } from '../text/visible.ts'

type Props = {
  readonly label: string
  readonly description: string
  readonly labels: readonly string[]
  readonly onChange: (labels: readonly string[]) => void
}

const longest = 64
const most = 20

/** Words that a person gives to points. What hides in a foreign one is shown, and it stays as it is until it is taken away. */
export function LabelInput({ label, description, labels, onChange }: Props): ReactNode {
  const byShown = new Map(labels.map((each) => [visible(each), each]))
  return (
    <TagsInput
      label={label}
      description={description}
      maxTags={most}
      maxLength={longest}
      comboboxProps={{ disabled: true }}
      value={[...byShown.keys()]}
      onChange={(shown) => onChange(shown.map((each) => byShown.get(each) ?? each.trim()).filter(Boolean))}
    />
  )
}
