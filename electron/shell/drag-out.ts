import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { ipcMain, nativeImage } from 'electron'
import { isFromPage } from './dialogs.ts'
import { signOf } from './picture.ts'

const most = 10_000
const iconPx = 32

/** The page drags files on from the shelf, which is all that it may drag: whatever it asks, nothing else leaves this way. */
export function answerDrags(shelf: string): void {
  ipcMain.handle('drag-out', async (event, asked: unknown) => {
    if (!isFromPage(event)) throw new Error('Not asked by the console')
    const files = await onShelf(shelf, asked)
    const icon = nativeImage.createFromBuffer(signOf('nothing', iconPx))
    event.sender.startDrag({ file: files[0], files: [...files], icon })
  })
}

/** The paths as they are, when each lies in a folder of the shelf and no link is on its way or at its end. */
export async function onShelf(shelf: string, asked: unknown): Promise<readonly [string, ...string[]]> {
  const paths = Array.isArray(asked) ? asked.filter((each) => typeof each === 'string') : []
  const [first, ...rest] = paths
  if (first === undefined || !Array.isArray(asked) || paths.length !== asked.length || paths.length > most) {
    throw new Error('Not a list of paths')
  }
  const top = await realpath(shelf)
  for (const each of paths) {
    const depth = path.relative(top, each).split(path.sep)
    const isInside = path.isAbsolute(each) && path.normalize(each) === each && depth.length >= 3 && depth[0] !== '..'
    if (!isInside || (await realpath(each)) !== each) throw new Error('Not on the shelf')
  }
  return [first, ...rest]
}
