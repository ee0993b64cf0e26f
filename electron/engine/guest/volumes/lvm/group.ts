import { numberOf, type Section, sectionOf, sectionsOf, stringOf } from './text.ts'

const sectorBytes = 512

export type PhysicalVolume = {
  /** Without dashes, as labels have it. */
  readonly uuid: string
  readonly startBytes: number
  readonly extents: number
}

export type LogicalVolume = {
  readonly name: string
  readonly isVisible: boolean
  /** In their order. */
  readonly segments: readonly Section[]
  readonly extents: number
  /** The segments leave no gap and do not overlap. */
  readonly isWhole: boolean
}

export type Group = {
  readonly name: string
  readonly extentBytes: number
  /** By the names that the segments use. */
  readonly physical: ReadonlyMap<string, PhysicalVolume>
  readonly logical: readonly LogicalVolume[]
}

/** Which group a text is of, and which of several it is: the highest number is the newest. */
export function identityOf(text: Section): { readonly uuid: string; readonly sequence: number } | undefined {
  const group = groupIn(text)
  const [uuid, sequence] = [stringOf(group?.[1], 'id'), numberOf(group?.[1], 'seqno')]
  return uuid === undefined || sequence === undefined ? undefined : { uuid, sequence }
}

/** Undefined where the text lacks what a group must have. */
export function groupOf(text: Section): Group | undefined {
  const [name, section] = groupIn(text) ?? []
  const extentSectors = numberOf(section, 'extent_size')
  if (name === undefined || section === undefined || extentSectors === undefined || extentSectors === 0)
    return undefined
  return {
    name,
    extentBytes: extentSectors * sectorBytes,
    physical: new Map(
      sectionsOf(sectionOf(section, 'physical_volumes')).map(([key, volume]) => [key, physicalOf(volume)]),
    ),
    logical: sectionsOf(sectionOf(section, 'logical_volumes')).map(([key, volume]) => logicalOf(key, volume)),
  }
}

/** The one section of the text; beside it stand only values. */
function groupIn(text: Section): readonly [string, Section] | undefined {
  return sectionsOf(text).find(([, section]) => numberOf(section, 'extent_size') !== undefined)
}

function physicalOf(section: Section): PhysicalVolume {
  return {
    uuid: (stringOf(section, 'id') ?? '').replaceAll('-', ''),
    startBytes: (numberOf(section, 'pe_start') ?? 0) * sectorBytes,
    extents: numberOf(section, 'pe_count') ?? 0,
  }
}

function logicalOf(name: string, section: Section): LogicalVolume {
  const status = section['status']
  const segments = sectionsOf(section)
    .filter(([key]) => /^segment\d+$/.test(key))
    .map(([, segment]) => segment)
    .toSorted((a, b) => (numberOf(a, 'start_extent') ?? 0) - (numberOf(b, 'start_extent') ?? 0))
  let extents = 0
  let isWhole = segments.length > 0
  for (const segment of segments) {
    if (numberOf(segment, 'start_extent') !== extents) isWhole = false
    extents += numberOf(segment, 'extent_count') ?? 0
  }
  return {
    name,
    isVisible: Array.isArray(status) && status.includes('VISIBLE'),
    segments,
    extents,
    isWhole,
  }
}
