import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { useList } from '../parts/console-context.tsx'
import { retentionText } from '../text/retention-text.ts'
import { visible } from '../text/visible.ts'
import { PolicyRepository } from './policies-table.tsx'
import { LastStart } from './policy-last-start.tsx'
import { runsByPolicy } from './policy-starts.ts'
import { Coming } from './schedule-coming.tsx'
import { ScheduleSentences } from './schedule-sentences.tsx'

/** What the policy says, in plain sentences. */
export function PolicyFacts({ policy }: { readonly policy: Policy }): ReactNode {
  const { t, i18n } = useTranslation()
  const runs = useList('runs').items
  const own = useMemo(() => runsByPolicy(runs).get(policy.id) ?? [], [runs, policy.id])
  return (
    <section className="panel policy-facts" aria-label={visible(policy.name)}>
      <dl className="facts">
        <dt>{t('policies.when')}</dt>
        <dd>
          <ScheduleSentences rules={policy.rules} />
        </dd>
        <dt>{t('policies.next')}</dt>
        <dd>
          {policy.enabled && policy.nextAt !== undefined ? <Coming at={policy.nextAt} /> : undefined}
          {policy.enabled ? undefined : <span className="tone-warn">{t('policies.off')}</span>}
          {policy.enabled && policy.nextAt === undefined ? t('policies.byHand') : undefined}
        </dd>
        <dt>{t('policies.last')}</dt>
        <dd>
          <LastStart policy={policy} runs={own} />
        </dd>
        <dt>{t('policies.repository')}</dt>
        <dd>
          <PolicyRepository repositoryId={policy.repositoryId} />
        </dd>
        {policy.copies === undefined || policy.copies.length === 0 ? undefined : (
          <>
            <dt>{t('policies.copies')}</dt>
            <dd>
              {policy.copies.map((id) => (
                <div key={id}>
                  <PolicyRepository repositoryId={id} />
                </div>
              ))}
            </dd>
          </>
        )}
        {policy.verifyEveryDays === undefined ? undefined : (
          <>
            <dt>{t('policies.verification')}</dt>
            <dd>{t('backup.verifySummary', { count: policy.verifyEveryDays })}</dd>
          </>
        )}
        <dt>{t('policies.retention')}</dt>
        <dd>
          <div>{retentionText(policy.retention, i18n.language)}</div>
          <div className={policy.enact === true ? 'tone-warn' : 'dimmed'}>
            {policy.enact === true ? t('retention.enacted') : t('retention.notEnacted')}
          </div>
        </dd>
        <dt>{t('backup.guest')}</dt>
        <dd>{policy.freeze ? t('policies.quiesces') : t('policies.quiescesNot')}</dd>
      </dl>
    </section>
  )
}
