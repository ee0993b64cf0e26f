import { Checkbox, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { SecretInput } from '../parts/secret-input.tsx'
import type { StoreDraft } from './store-draft.ts'
import type { StoreForm } from './use-store-draft.ts'
import './store.css'

type Props = {
  readonly form: StoreForm
  /** What stands for a folder. */
  readonly children: ReactNode
  /** The engine may know an account for this place already. */
  readonly accountKnown?: boolean
}

const kinds = ['folder', 's3'] as const

/** Folder or bucket, and the fields of the one that is chosen. */
export function StoreFields({ form, children, accountKnown }: Props): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      <SegmentedControl
        aria-label={t('store.kind')}
        value={form.draft.kind}
        onChange={(value) => form.change({ kind: kinds.find((kind) => kind === value) ?? 'folder' })}
        data={kinds.map((value) => ({ value, label: t(`store.kinds.${value}`) }))}
      />
      {form.draft.kind === 'folder' ? children : <S3Fields form={form} accountKnown={accountKnown === true} />}
    </>
  )
}

function S3Fields({ form, accountKnown }: { readonly form: StoreForm; readonly accountKnown: boolean }): ReactNode {
  const { t } = useTranslation()
  const { draft, change } = form
  return (
    <>
      <Field form={form} name="endpoint" description={t('store.endpointHint')} placeholder="https://" />
      <div className="store-pair">
        <Field form={form} name="bucket" />
        <Field form={form} name="region" />
      </div>
      <Field form={form} name="prefix" description={t('store.prefixHint')} />
      <Checkbox
        label={t('store.pathStyle')}
        description={t('store.pathStyleHint')}
        checked={draft.pathStyle}
        onChange={(event) => change({ pathStyle: event.currentTarget.checked })}
      />
      <Trust form={form} />
      <CredentialFields draft={draft} onChange={change} accountKnown={accountKnown} />
    </>
  )
}

type FieldProps = {
  readonly form: StoreForm
  readonly name: 'endpoint' | 'region' | 'bucket' | 'prefix' | 'fingerprint'
  readonly description?: string
  readonly placeholder?: string
}

function Field({ form, name, ...rest }: FieldProps): ReactNode {
  const { t } = useTranslation()
  return (
    <TextInput
      label={t(`store.${name}`)}
      {...rest}
      {...(form.wrong.has(name) ? { error: t(`store.${name}Wrong`) } : {})}
      spellCheck={false}
      autoComplete="off"
      value={form.draft[name]}
      onChange={(event) => form.change({ [name]: event.currentTarget.value })}
    />
  )
}

const trusts = ['system', 'ca', 'fingerprint'] as const

function Trust({ form }: { readonly form: StoreForm }): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const { trust, ca } = form.draft
  return (
    <div className="store-trust">
      <div id={id} className="field-title">
        {t('store.trust')}
      </div>
      <SegmentedControl
        size="xs"
        aria-labelledby={id}
        value={trust}
        onChange={(value) => form.change({ trust: trusts.find((each) => each === value) ?? 'system' })}
        data={trusts.map((value) => ({ value, label: t(`store.trusts.${value}`) }))}
      />
      {trust === 'ca' ? (
        <Textarea
          label={t('store.ca')}
          autosize
          minRows={3}
          maxRows={8}
          spellCheck={false}
          value={ca}
          onChange={(event) => form.change({ ca: event.currentTarget.value })}
        />
      ) : undefined}
      {trust === 'fingerprint' ? <Field form={form} name="fingerprint" /> : undefined}
    </div>
  )
}

type CredentialProps = {
  readonly draft: Pick<StoreDraft, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
  readonly onChange: (part: Partial<StoreDraft>) => void
  readonly accountKnown: boolean
}

/** Keys of an account, as secrets: they are not shown while they are typed, and nothing remembers them. */
export function CredentialFields({ draft, onChange, accountKnown }: CredentialProps): ReactNode {
  const { t } = useTranslation()
  const field = (name: 'accessKeyId' | 'secretAccessKey' | 'sessionToken', description?: string): ReactNode => (
    <SecretInput
      label={t(`store.${name}`)}
      {...(description === undefined ? {} : { description })}
      autoComplete="off"
      value={draft[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <>
      <div className="store-pair">
        {field('accessKeyId')}
        {field('secretAccessKey')}
      </div>
      {field('sessionToken', t('store.sessionTokenHint'))}
      <div className="store-hint">
        {t('store.credentialsHint')} {accountKnown ? t('store.credentialsKept') : undefined}
      </div>
    </>
  )
}
