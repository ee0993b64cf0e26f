import { lazy, type ReactNode, Suspense } from 'react'
import { useStore } from 'zustand'
import { useConsole } from '../parts/console-context.tsx'
import type { Opened } from '../stores/opened.ts'
import { AddHostDialog } from './add-host-dialog.tsx'

const BackupDialog = lazy(async () => ({ default: (await import('./backup-dialog.tsx')).BackupDialog }))
const BackupWizard = lazy(async () => ({ default: (await import('./backup-wizard.tsx')).BackupWizard }))
const RestoreWizard = lazy(async () => ({ default: (await import('./restore-wizard.tsx')).RestoreWizard }))
const CreateRepositoryDialog = lazy(async () => ({
  default: (await import('./create-repository-dialog.tsx')).CreateRepositoryDialog,
}))
const OpenRepositoryDialog = lazy(async () => ({
  default: (await import('./open-repository-dialog.tsx')).OpenRepositoryDialog,
}))

/** The dialog that some place of the window asked for, over whatever is shown. */
export function OpenedDialog(): ReactNode {
  const { opened } = useConsole()
  const { dialog } = useStore(opened)
  if (dialog === undefined) return undefined
  return (
    <Suspense>
      <OneDialog dialog={dialog} onClose={opened.close} />
    </Suspense>
  )
}

function OneDialog({ dialog, onClose }: { readonly dialog: Opened; readonly onClose: () => void }): ReactNode {
  switch (dialog.kind) {
    case 'back-up':
      return <BackupDialog machineIds={dialog.machineIds} onClose={onClose} />
    case 'protect':
      return <BackupWizard machineIds={dialog.machineIds} onClose={onClose} />
    case 'restore':
      return <RestoreWizard pointId={dialog.pointId} onClose={onClose} />
    case 'add-host':
      return <AddHostDialog onClose={onClose} />
    case 'create-repository':
      return <CreateRepositoryDialog onClose={onClose} />
    case 'open-repository':
      return (
        <OpenRepositoryDialog
          {...(dialog.address === undefined ? {} : { address: dialog.address })}
          onClose={onClose}
        />
      )
  }
}
