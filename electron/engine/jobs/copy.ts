import { forEachParallel } from '../base/parallel.ts'
import type { WritableDisk } from '../disk/disk.ts'
import { type Extents, union } from '../disk/extents.ts'
import type { PointDisk } from '../repository/repository.ts'
import type { Step } from './step.ts'

const writesAtOnce = 8

/** Writes the chunks of `within` that are not zero; answers where that was. */
export async function copy(step: Step, source: PointDisk, target: WritableDisk, within: Extents): Promise<Extents> {
  const written: { start: number; end: number }[] = []
  await forEachParallel(source.scan(within, step.signal), writesAtOnce, async ({ offset, bytes }) => {
    await step.pass(step.signal)
    await step.meter.waiting('target', target.write(offset, bytes, step.signal))
    step.meter.add('bytesWritten', bytes.length)
    written.push({ start: offset, end: offset + bytes.length })
  })
  return union(written)
}
