import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { visible } from '../text/visible.ts'
import { useConsole } from './console-context.tsx'

/** One notice for each run that fails and each download that breaks off while the window is open, wherever the reader is; none per success. */
export function useFailureNotices(): void {
  const { runs, onBrokenDownload } = useConsole()
  const { t } = useTranslation()
  useEffect(
    () =>
      runs.subscribe(({ items }, before) => {
        const lived = new Set(before.items.filter(({ failure }) => failure === undefined).map(({ id }) => id))
        for (const run of items) {
          if (run.state !== 'failed' || run.failure === undefined || !lived.has(run.id)) continue
          notifications.show({
            id: run.id,
            color: 'red',
            autoClose: false,
            title: t('activity.failedTitle', { name: visible(run.machineName ?? t('activity.verifyName')) }),
            message: t(`failure.${run.failure.code}.cause`),
            closeButtonProps: { 'aria-label': t('common.close') },
          })
        }
      }),
    [runs, t],
  )
  useEffect(
    () =>
      onBrokenDownload(({ name, failure }) =>
        notifications.show({
          id: `download ${name}`,
          color: 'red',
          autoClose: false,
          title: t('activity.downloadFailed', { name: visible(name) }),
          message: t(`failure.${failure.code}.cause`),
          closeButtonProps: { 'aria-label': t('common.close') },
        }),
      ),
    [onBrokenDownload, t],
  )
}
