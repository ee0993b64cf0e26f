/**
 * What the engine says of disks, points, runs and policies in one sentence, for records and shells in English. Such a sentence
 * is kept as text wherever it goes, also in repositories; the window recognises it again and says it in the reader's language.
 * `{name}` stands for what only the moment knows; a value may itself be a sentence.
 */
export const sentences = {
  'disk-not-in-point': '{disk} is not in the point. {problem}',
  'disk-is-lun': 'The guest talks to the SCSI device itself, past QEMU; back it up inside the guest.',
  'disk-without-image': 'The disk has no image.',
  'disk-of-other-type': 'A disk of the type "{type}" cannot be read through QEMU.',
  'disk-on-network': 'The disk lies on the network ({protocol}) and can be backed up only while the machine runs.',
  'disk-is-volume': 'The disk is a volume of the pool "{pool}" and can be backed up only while the machine runs.',
  'disk-is-block-device': '{path} is a block device, which is read only while the machine runs.',
  'disk-size-unknown': 'The host cannot tell its size: {message}',
  'image-empty': 'The image is empty.',
  'image-refused': 'The image is not read: {message}',
  'image-unreadable': 'The image cannot be read: {message}',
  'image-name-broken': 'The name of the file is not valid UTF-8: rename it.',
  'image-links-out': 'The file is a link that leads out of the folder.',
  'image-links-nowhere': 'The file is a link that leads nowhere.',
  'folder-links-out': 'The folder is a link that leads out of this host’s folder.',
  'freeze-without-watchdog':
    'The file systems were not frozen: the watchdog that would thaw them in an emergency did not start.',
  'freeze-while-paused':
    'The machine is paused, so its file systems could not be frozen; the point is like a power cut.',
  'freeze-without-agent':
    'The machine has no guest agent, so its file systems were not frozen; the point is like a power cut.',
  'freeze-agent-stopped':
    'The guest agent does not run, so the file systems were not frozen; the point is like a power cut.',
  'freeze-nothing': 'The guest agent found no file system to freeze; the point is like a power cut.',
  'freeze-thawed-early': 'The guest had thawed its file systems by itself; the point is like a power cut.',
  'freeze-failed': 'The guest agent did not freeze the file systems ({message}); the point is like a power cut.',
  'freeze-not-asked': 'The freeze was not asked for.',
  'tpm-unreadable': 'The state of the emulated TPM could not be read; a restored machine starts with an empty one.',
  'tpm-of-host': 'The machine uses a TPM of its host, which no backup can hold.',
  'file-too-large': 'The {role} file {path} is larger than {limit} MiB and was left out.',
  'file-unreadable': 'The {role} file {path} could not be read: {message}.',
  'checkpoint-not-kept': 'The hypervisor did not keep the new checkpoint; the next backup may read the whole machine.',
  'repository-opening': 'It is still being opened.',
  'objects-unreadable': '{count} objects cannot be read; verify it.',
  'store-not-exclusive': 'The store lets several writers create one object, so that nothing is written to it.',
  'policy-without-machines': 'It names no machine.',
  'restored-not-started': 'The machine was restored but could not be started: {message}',
  'point-unreadable': 'The point of {machine} from {moment} cannot be read: {message}',
  'repository-passed-over': '{repository} could not be reached and was passed over: {message}',
  'catalogs-not-dropped': 'Older catalogs were not dropped: {message}',
  'links-lead-out': '{count} links lead out of what was written and are kept as they stand; the first is {path}',
  'names-turn-text': '{count} names hold characters that turn the direction of text; the first is {path}',
  'objects-not-locked': '{count} objects that points need were not locked.',
  'bad-packs-unneeded': '{count} packs are bad and needed by no point: a clean-up takes them away.',
} as const

export type SentenceKey = keyof typeof sentences
type Values = Readonly<Record<string, string>>

/** The sentence in English. Every `{name}` of it needs a value. */
export function sentence(key: SentenceKey, values: Values = {}): string {
  return fill(sentences[key], values)
}

export function fill(template: string, values: Values): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** Which sentence `text` is, with what it says of the moment; undefined for text that is none of ours. */
export function readSentence(text: string): { readonly key: SentenceKey; readonly values: Values } | undefined {
  for (const { key, pattern } of patterns) {
    const found = pattern.exec(text)
    if (found !== null) return { key, values: { ...found.groups } }
  }
  return undefined
}

/** Those that begin with what only the moment knows come last: they would take in others. */
const patterns = (Object.keys(sentences) as SentenceKey[])
  .toSorted((a, b) => Number(sentences[a].startsWith('{')) - Number(sentences[b].startsWith('{')))
  .map((key) => ({ key, pattern: new RegExp(`^${patternOf(sentences[key])}$`, 's') }))

function patternOf(template: string): string {
  return template
    .split(/\{(\w+)\}/)
    .map((part, at) => (at % 2 === 0 ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) : `(?<${part}>.*?)`))
    .join('')
}
