import { type PointId, pointId } from '../../../../shared/point.ts'

/** `sp-<first 8 digits of the repository>-<point>`: never repeated, and told from everybody else's. */
export function checkpointName(repositoryId: string, point: PointId): string {
  return `${checkpointPrefix(repositoryId)}${point}`
}

/** What the names of all checkpoints of one repository begin with. */
export function checkpointPrefix(repositoryId: string): string {
  return `sp-${repositoryId.slice(0, 8)}-`
}

/** Whether a checkpoint is one of ours, of whatever repository. */
export function isOurCheckpoint(name: string): boolean {
  const [prefix, repository, point, ...rest] = name.split('-')
  return prefix === 'sp' && repository?.length === 8 && pointId.safeParse(point).success && rest.length === 0
}
