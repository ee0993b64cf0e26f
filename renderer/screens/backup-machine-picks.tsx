import { Checkbox, Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList, useProtection } from '../parts/console-context.tsx'
import { stepIn } from '../parts/list-step.ts'
import { Name } from '../parts/name.tsx'
import { ProtectionMark } from '../parts/state.tsx'
import type { Coverage } from '../stores/coverage.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

type Props = {
  readonly rows: readonly Coverage[]
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (machineId: string, isIn: boolean) => void
}

const rowPx = 36

/** A long list of ticks: Tab enters it once, arrows walk, Space ticks. Only rows in view are drawn. */
export function MachinePicks({ rows, chosen, onChoose }: Props): ReactNode {
  const { t } = useTranslation()
  const scroller = useRef<HTMLFieldSetElement>(null)
  const [active, setActive] = useState(0)
  const policiesOf = usePoliciesOf()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 14,
    initialRect: { width: 800, height: 500 },
  })
  const at = Math.min(active, rows.length - 1)
  const walk = (event: KeyboardEvent): void => {
    const to = stepIn(rows.length, at, event.key)
    if (to === undefined) return
    event.preventDefault()
    setActive(to)
    virtual.scrollToIndex(to)
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-pick="${to}"]`)?.focus())
  }
  return (
    <div className="picks">
      <div className="pick pick-head" aria-hidden="true">
        <span />
        <span>{t('backup.machine')}</span>
        <span>{t('backup.host')}</span>
        <span className="number">{t('backup.size')}</span>
        <span>{t('backup.protection')}</span>
        <span>{t('backup.also')}</span>
      </div>
      <fieldset ref={scroller} className="pick-rows" aria-label={t('backup.step.machines')} onKeyDown={walk}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            return row === undefined ? undefined : (
              <Pick
                key={row.machineId}
                row={row}
                index={index}
                top={start}
                isActive={index === at}
                isIn={chosen.has(row.machineId)}
                policies={policiesOf.get(row.machineId) ?? []}
                onActive={setActive}
                onChoose={onChoose}
              />
            )
          })}
        </div>
      </fieldset>
    </div>
  )
}

type PickProps = {
  readonly row: Coverage
  readonly index: number
  readonly top: number
  readonly isActive: boolean
  readonly isIn: boolean
  readonly policies: readonly string[]
  readonly onActive: (index: number) => void
  readonly onChoose: Props['onChoose']
}

function Pick({ row, index, top, isActive, isIn, policies, onActive, onChoose }: PickProps): ReactNode {
  const { t, i18n } = useTranslation()
  const state = useProtection().get(row.machineId)?.state
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the tick inside is the control
    <label className="pick" data-in={isIn} style={{ position: 'absolute', inset: `${top}px 0 auto 0`, height: rowPx }}>
      <Checkbox
        size="xs"
        data-pick={index}
        tabIndex={isActive ? 0 : -1}
        aria-label={visible(row.name)}
        checked={isIn}
        onFocus={() => onActive(index)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        onChange={(event) => onChoose(row.machineId, event.currentTarget.checked)}
      />
      <span className="pick-name">
        <Name text={row.name} />
        {row.problems === 0 ? undefined : (
          <Text span fz="xs" className="tone-warn">
            {t('backup.problemDisks', { count: row.problems })}
          </Text>
        )}
      </span>
      {row.machine === undefined ? (
        <Text span inherit className="tone-warn">
          {t('backup.goneMachine')}
        </Text>
      ) : (
        <Name text={row.host?.name ?? ''} />
      )}
      <span className="number">{row.sizeBytes === 0 ? t('common.none') : sizeText(row.sizeBytes, i18n.language)}</span>
      <span>{state === undefined ? t('common.none') : <ProtectionMark state={state} />}</span>
      {policies.length === 0 ? <span>{t('common.none')}</span> : <Name text={policies.join(', ')} />}
    </label>
  )
}

function usePoliciesOf(): ReadonlyMap<string, readonly string[]> {
  const policies = useList('policies').items
  return useMemo(() => {
    const pairs = policies.flatMap(({ name, machineIds }) => machineIds.map((id) => ({ id, name })))
    const groups = Map.groupBy(pairs, ({ id }) => id)
    return new Map([...groups].map(([id, all]) => [id, all.map(({ name }) => name)]))
  }, [policies])
}
