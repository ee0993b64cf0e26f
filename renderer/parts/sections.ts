import type { Place } from '../stores/navigation.ts'

/** The window's sections, in the order of the navigation. */
export const sections = [
  'overview',
  'machines',
  'files',
  'policies',
  'activity',
  'repositories',
  'hosts',
  'settings',
] as const
export type Section = (typeof sections)[number]

/** The section in which a place lies. */
export function sectionOf(place: Place): Section {
  switch (place.kind) {
    case 'machine':
      return 'machines'
    case 'folder':
      return 'files'
    case 'policy':
      return 'policies'
    default:
      return place.kind
  }
}
