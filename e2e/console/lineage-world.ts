import type { Point } from '../../shared/point.ts'
import type { World } from './fake-engine.ts'
import { busyWorld, daysOf, emptyWorld, hour, machine, machineId, now, point, pointId, snapshot } from './worlds.ts'

const day = 24 * hour

/** One machine, `web-01`, with a point of each of the last `count` days; the oldest is a full one. */
export function longWorld(count: number): World {
  const { hosts, repositories } = busyWorld()
  const points = Array.from({ length: count }, (_, n) => point(n, 1, 'web-01', n * 24 + 1, n === count - 1))
  const repository = repositories.slice(0, 1)
  const world = {
    ...emptyWorld(),
    hosts,
    repositories: repository,
    machines: [machine(1, 'web-01', 'running')],
    points,
  }
  return { ...world, days: daysOf(world) }
}

/**
 * `web-01` with five daily points and a turn: after the third it went back to the snapshot `base`, so the second and the third
 * were left behind. The fourth and fifth are live; a point of the branch lies in the same minute as the fourth.
 */
export function branchedWorld(): World {
  const world = longWorld(5)
  const [, fourth] = world.points
  const twin: Point | undefined = fourth === undefined ? undefined : { ...fourth, id: pointId(77) }
  const turnAt = now - 1.5 * day
  const snapshots = [
    snapshot('base', 4 * 24 - 6, { description: 'Before the upgrade', memory: 'internal', sizeBytes: 2 ** 31 }),
    snapshot('tried', 2.5 * 24, {
      parent: 'base',
      depth: 2,
      revertRefusal: 'mixed-chain',
      deleteRefusal: 'external-parent',
    }),
  ]
  return {
    ...world,
    machines: [machine(1, 'web-01', 'running', { snapshots })],
    points: twin === undefined ? world.points : [...world.points, { ...twin, createdAt: twin.createdAt - 10_000 }],
    turns: { [machineId(1)]: [{ at: turnAt, to: { kind: 'snapshot', name: 'base' } }] },
    pins: [pointId(0)],
  }
}
