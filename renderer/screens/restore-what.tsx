import { Checkbox, Radio, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { Name } from '../parts/name.tsx'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import type { RestoreForm } from './restore-form.ts'

type Props = {
  readonly point: Point
  readonly form: RestoreForm
  readonly onChange: (part: Partial<RestoreForm>) => void
}

/** The whole machine, or some of its disks. */
export function RestoreWhat({ point, form, onChange }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const sizeBytes = point.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0)
  const choose = (value: string): void =>
    onChange({ disks: value === 'whole' ? undefined : (form.disks ?? point.disks.map(({ name }) => name)) })
  return (
    <>
      <Radio.Group
        aria-label={t('restore.what')}
        value={form.disks === undefined ? 'whole' : 'chosen'}
        onChange={choose}
      >
        <Stack gap={10}>
          <Radio
            value="whole"
            label={t('restore.whole')}
            description={t('restore.wholeText', {
              count: point.disks.length,
              size: sizeText(sizeBytes, i18n.language),
            })}
          />
          <Radio value="chosen" label={t('restore.chosen')} description={t('restore.chosenText')} />
        </Stack>
      </Radio.Group>
      {form.disks === undefined ? undefined : <DiskChoice point={point} chosen={form.disks} onChange={onChange} />}
    </>
  )
}

type DiskProps = Pick<Props, 'point' | 'onChange'> & { readonly chosen: readonly string[] }

function DiskChoice({ point, chosen, onChange }: DiskProps): ReactNode {
  const { t, i18n } = useTranslation()
  const toggle = (name: string): void =>
    onChange({
      disks: chosen.includes(name)
        ? chosen.filter((each) => each !== name)
        : point.disks.map((disk) => disk.name).filter((each) => each === name || chosen.includes(each)),
    })
  return (
    <>
      <div className="panel">
        <Table aria-label={t('restore.disks')}>
          <Table.Tbody>
            {point.disks.map(({ name, sizeBytes, format }) => (
              <Table.Tr key={name}>
                <Table.Td className="wide">
                  <Checkbox
                    size="sm"
                    checked={chosen.includes(name)}
                    onChange={() => toggle(name)}
                    aria-label={visible(name)}
                    label={<Name text={name} />}
                  />
                </Table.Td>
                <Table.Td>{visible(format)}</Table.Td>
                <Table.Td className="number">{sizeText(sizeBytes, i18n.language)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text fz="sm" c={chosen.length === 0 ? 'var(--mantine-color-error)' : 'dimmed'} role="status">
        {chosen.length === 0 ? t('restore.chooseOne') : t('restore.chosenWhole')}
      </Text>
    </>
  )
}
