import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

const standIn = new URL('../../e2e/stand-in/electron.ts', import.meta.url).href
registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: standIn, shortCircuit: true, format: 'module-typescript' } : next(name, context),
})
const { onShelf } = await import('./drag-out.ts')

test('only what lies on the shelf can be dragged out, by no way around', async (t) => {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'drag-out-')))
  t.after(() => rmSync(home, { recursive: true }))
  const shelf = path.join(home, 'shelf')
  const folder = path.join(shelf, 'engine', 'run')
  mkdirSync(path.join(folder, 'sub'), { recursive: true })
  writeFileSync(path.join(folder, 'a'), 'a')
  writeFileSync(path.join(home, 'secret'), 'no')
  symlinkSync(path.join(home, 'secret'), path.join(folder, 'link'))
  symlinkSync(home, path.join(folder, 'up'))
  const good = [path.join(folder, 'a'), path.join(folder, 'sub')]
  assert.deepEqual(await onShelf(shelf, good), good)
  const refused: readonly unknown[] = [
    [],
    'a',
    undefined,
    [1],
    [...good, path.join(home, 'secret')],
    [path.join(folder, 'link')],
    [path.join(folder, 'up', 'secret')],
    [`${folder}/../../../secret`],
    [`${folder}/./a`],
    [folder.replace(`${path.sep}run`, '')],
    [shelf],
    [path.join(folder, 'missing')],
    ['a'],
  ]
  for (const asked of refused) await assert.rejects(onShelf(shelf, asked), JSON.stringify(asked))
})
