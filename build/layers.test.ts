import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { breaches, sourceFiles } from './layers.ts'

function check(file: string, text: string): number {
  return breaches(new Map([[file, text]])).length
}

test('the walls hold: each of these imports is a breach', () => {
  const planted = [
    ['shared/x.ts', "import fs from 'node:fs'"],
    ['shared/x.ts', "import { a } from '../electron/engine/base/log.ts'"],
    ['renderer/x.tsx', "import { a } from '../electron/engine/engine.ts'"],
    ['renderer/x.tsx', "import { join } from 'node:path'"],
    ['electron/engine/jobs/x.ts', "import { a } from '../hypervisor/libvirt/driver.ts'"],
    ['electron/engine/jobs/x.ts', "import { a } from '../repository/writer.ts'"],
    ['electron/engine/engine.ts', "import { app } from 'electron'"],
    ['electron/engine/engine.ts', "import { a } from '../host/loopback.ts'"],
    ['electron/engine/store/local.ts', "import D from 'better-sqlite3'"],
    ['electron/engine/repository/format/x.ts', "export { a } from '../reader.ts'"],
    ['electron/engine/base/x.ts', "const a = await import('../disk/disk.ts')"],
    ['electron/attic/x.ts', ''],
  ]
  for (const [file = '', text = ''] of planted) assert.equal(check(file, text), 1, `${file}: ${text}`)
})

test('front doors are open', () => {
  assert.equal(check('electron/engine/jobs/x.ts', "import type { Hypervisor } from '../hypervisor/hypervisor.ts'"), 0)
  assert.equal(check('renderer/screens/x.tsx', "import { run } from '../../shared/job.ts'"), 0)
})

test('the walls are checked over the whole tree', () => {
  assert.ok(sourceFiles(path.join(import.meta.dirname, '..')).size > 50)
})
