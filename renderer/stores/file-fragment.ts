import type { FilePath, VolumeId } from '../../shared/files.ts'

/** A folder of a point. Without a volume the reader has not chosen one yet, or the point's first readable one is meant. */
export type FolderPlace = {
  readonly kind: 'folder'
  readonly machineId: string
  readonly pointId: string
  readonly volumeId?: VolumeId
  /** Of the folder; only with a volume. */
  readonly path?: FilePath
  /** The name in the folder that the keyboard stands on when the place is opened. */
  readonly name?: string
  /** Another point: what differs between the two below `path` is shown instead of the folder. */
  readonly against?: string
}

/** `#/files/<machine>/<point>/<volume>/<path>?name=…&against=…`, each part escaped by itself. */
export function folderFragment(place: FolderPlace): string {
  const { machineId, pointId, volumeId, path = '/', name, against } = place
  const whole = [
    '#/files',
    machineId,
    pointId,
    ...(volumeId === undefined ? [] : [escapeName(volumeId), ...namesOf(path).map(escapeName)]),
  ]
  const more = [
    ...(name === undefined ? [] : [`name=${escapeName(name)}`]),
    ...(against === undefined ? [] : [`against=${against}`]),
  ]
  return whole.join('/') + (more.length === 0 ? '' : `?${more.join('&')}`)
}

const shape = /^#\/files\/([0-9a-f-]{1,36})\/([0-9a-f]{32})((?:\/[^/?]+)*)(?:\?(.*))?$/

/** Undefined for what is no folder's fragment. */
export function readFolderFragment(fragment: string): FolderPlace | undefined {
  const [, machineId, pointId, rest = '', query = ''] = shape.exec(fragment) ?? []
  if (machineId === undefined || pointId === undefined) return undefined
  const parts = rest.split('/').slice(1).map(unescapeName)
  const name = queryOf(query, 'name')
  const against = queryOf(query, 'against')
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) return undefined
  const [volumeId, ...names] = known
  return {
    kind: 'folder',
    machineId,
    pointId,
    ...(volumeId === undefined ? {} : { volumeId, path: `/${names.join('/')}` }),
    ...(name === undefined ? {} : { name }),
    ...(against !== undefined && /^[0-9a-f]{32}$/.test(against) ? { against } : {}),
  }
}

function queryOf(query: string, key: string): string | undefined {
  const found = query.split('&').find((each) => each.startsWith(`${key}=`))
  return found === undefined ? undefined : unescapeName(found.slice(key.length + 1))
}

/** The names on the way from the root. */
export function namesOf(path: FilePath): readonly string[] {
  return path.split('/').filter((name) => name !== '')
}

/** Lone surrogates stand for bytes that are no UTF-8, and no address may hold them: they become `~DC80`, and `~` becomes `~~`. */
function escapeName(name: string): string {
  const plain = name
    .replaceAll('~', '~~')
    .replace(/\p{Cs}/gu, (half) => `~${half.charCodeAt(0).toString(16).toUpperCase()}`)
  return encodeURIComponent(plain)
}

function unescapeName(text: string): string | undefined {
  try {
    return decodeURIComponent(text).replace(/~(~|D[89A-F][0-9A-F]{2})/g, (_, held: string) =>
      held === '~' ? '~' : String.fromCharCode(Number.parseInt(held, 16)),
    )
  } catch {
    return undefined
  }
}
