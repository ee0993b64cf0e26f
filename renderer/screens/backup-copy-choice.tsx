import { Checkbox, NumberInput, Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { visible } from '../text/visible.ts'
import type { StepProps } from './backup-draft.ts'
import { isWritable } from './backup-repository.ts'

/** Repositories to which each new point is copied. One that is chosen and cannot be written to now stays in sight. */
export function CopyChoice({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  const others = useList('repositories').items.filter(
    (each) => each.id !== draft.repositoryId && (isWritable(each) || draft.copies.includes(each.id)),
  )
  return (
    <Checkbox.Group
      label={t('backup.copies')}
      description={t('backup.copiesHint')}
      value={draft.copies.filter((id) => id !== draft.repositoryId)}
      onChange={(copies) => onChange({ copies })}
    >
      <div className="stack-s">
        {others.length === 0 ? <Text fz="sm">{t('backup.copiesNone')}</Text> : undefined}
        {others.map(({ id, address, state }) => (
          <Checkbox
            key={id}
            value={id}
            label={
              <>
                {visible(addressText(address))} {state === 'open' ? undefined : <RepositoryState state={state} />}
              </>
            }
          />
        ))}
      </div>
    </Checkbox.Group>
  )
}

const usualDays = 30
const mostDays = 3660

/** How often the data of the repository and of its copies is read back; off is never. */
export function VerifyChoice({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  const { verifyEveryDays } = draft
  return (
    <>
      <Switch
        label={t('backup.verify')}
        description={t('backup.verifyText')}
        checked={verifyEveryDays !== undefined}
        onChange={(event) => onChange({ verifyEveryDays: event.currentTarget.checked ? usualDays : undefined })}
      />
      {verifyEveryDays === undefined ? undefined : (
        <NumberInput
          w={200}
          size="xs"
          label={t('backup.verifyEvery')}
          min={1}
          max={mostDays}
          clampBehavior="strict"
          allowDecimal={false}
          allowNegative={false}
          value={verifyEveryDays}
          onChange={(value) => {
            const days = Number(value)
            if (Number.isInteger(days) && days >= 1) onChange({ verifyEveryDays: days })
          }}
        />
      )}
    </>
  )
}
