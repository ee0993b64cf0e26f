import { IconArrowForwardUp, IconCpu, IconFile, IconFileUnknown, IconFolder, IconPlug } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { FileKind } from '../../shared/files.ts'

const icons = {
  file: IconFile,
  folder: IconFolder,
  link: IconArrowForwardUp,
  'char-device': IconCpu,
  'block-device': IconCpu,
  pipe: IconPlug,
  socket: IconPlug,
  other: IconFileUnknown,
} as const

/** Only helps the eye: what it is stands beside it in words. */
export function FileIcon({ kind }: { readonly kind: FileKind }): ReactNode {
  const Icon = icons[kind]
  return <Icon size={16} stroke={1.6} className={`file-icon file-${kind}`} aria-hidden="true" />
}
