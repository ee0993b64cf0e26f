import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoreProbe } from '../../shared/repository.ts'
import { Moment } from '../parts/moment.tsx'
import './store.css'

type Tone = 'good' | 'warn' | 'bad' | 'still'
type Finding = { readonly tone: Tone; readonly text: string }

const icons = { good: IconCheck, warn: IconAlertTriangle, bad: IconX, still: IconMinus } as const

/** Each thing that a store was seen to do, and what it means for backups in it. */
export function ProbeFindings({ probe }: { readonly probe: StoreProbe }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <div>
      <ul className="findings">
        {findingsOf(probe, t, i18n.language).map(({ tone, text }) => {
          const Icon = icons[tone]
          return (
            <li key={text}>
              <Icon size={16} aria-hidden="true" className={`tone-${tone}`} />
              <span>{text}</span>
            </li>
          )
        })}
      </ul>
      <div className="store-hint">
        {t('store.foundAt')} <Moment at={probe.at} />
      </div>
    </div>
  )
}

/** From here on locks and delays, which go by both clocks, would mean something else than they say. */
const farMs = 60_000

function findingsOf(probe: StoreProbe, t: TFunction, language: string): readonly Finding[] {
  const clock = { seconds: new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(probe.skewMs / 1000) }
  const isFar = Math.abs(probe.skewMs) > farMs
  return [
    probe.exclusive ? { tone: 'good', text: t('store.exclusive') } : { tone: 'bad', text: t('store.exclusiveNot') },
    probe.checksum === 'refused'
      ? { tone: 'good', text: t('store.checksumRefused') }
      : { tone: 'warn', text: t('store.checksumAccepted') },
    locks(probe.lock, t),
    probe.removal ? { tone: 'good', text: t('store.removal') } : { tone: 'warn', text: t('store.removalNot') },
    versions(probe.versioning, t),
    probe.listing ? { tone: 'good', text: t('store.listing') } : { tone: 'warn', text: t('store.listingNot') },
    isFar ? { tone: 'bad', text: t('store.clockFar', clock) } : { tone: 'good', text: t('store.clock', clock) },
  ]
}

function locks(lock: StoreProbe['lock'], t: TFunction): Finding {
  switch (lock) {
    case 'enforced':
      return { tone: 'good', text: t('store.lockEnforced') }
    case 'offered':
      return { tone: 'bad', text: t('store.lockOffered') }
    case 'none':
      return { tone: 'still', text: t('store.lockNone') }
  }
}

function versions(versioning: StoreProbe['versioning'], t: TFunction): Finding {
  switch (versioning) {
    case 'on':
      return { tone: 'good', text: t('store.versioningOn') }
    case 'off':
      return { tone: 'still', text: t('store.versioningOff') }
    case 'unknown':
      return { tone: 'still', text: t('store.versioningUnknown') }
  }
}
