import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { copyPoints } from '../jobs/copy-points.ts'
import { FakeWalk, never, newTemplate, notedStep } from '../proof/fake-walk.ts'
import type { Repository } from '../repository/repository.ts'
import { type Catalog, openCatalog } from './catalog.ts'

let pool: ChunkPool
before(() => {
  pool = startPool(1)
})
after(() => pool[Symbol.asyncDispose]())

/** What the console does with every repository that it opens. */
function take(catalog: Catalog, repositories: readonly Repository[]): void {
  for (const repository of repositories) {
    catalog.points.replace(repository.id, repository.points())
    catalog.notes.replace(repository.id, repository.notes())
  }
}

test('a lost catalog comes back from its repositories alone, equal to the last byte', async () => {
  const home = mkdtempSync(join(tmpdir(), 'rebuild-'))
  try {
    const disks = [{ name: 'vda', sizeBytes: 2 ** 20 }]
    const shop = await FakeWalk.begin(pool, await newTemplate(pool), { name: '商店', disks })
    const web = await FakeWalk.begin(pool, await newTemplate(pool), { name: 'web', disks })
    for (let at = 0; at < 20; at++) await (at % 3 === 0 ? shop : web).backUp()
    const [first, second, third] = shop.repository.points()
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    await shop.repository.note(first.id, { pinned: true, labels: ['月末', '<b>'] }, never)
    await copyPoints(notedStep(), { from: shop.repository, to: web.repository, pointIds: undefined, onPoint: () => {} })
    await shop.repository.drop([second.id], 'person', never)
    await web.repository.drop([third.id], 'retention', never)
    const repositories = [shop.repository, web.repository]
    let dump: string
    {
      using catalog = openCatalog(home, systemClock, silentLog)
      take(catalog, repositories)
      dump = catalog.dump()
      assert.equal(catalog.points.list(undefined).length, 20)
      assert.ok(dump.includes('月末'))
      catalog.rebuild()
      take(catalog, repositories.toReversed())
      assert.equal(catalog.dump(), dump)
    }
    for (const ending of ['', '-wal', '-shm']) rmSync(join(home, `catalog.db${ending}`), { force: true })
    using catalog = openCatalog(home, systemClock, silentLog)
    assert.equal(catalog.dump(), '')
    take(catalog, [await web.reopen(), await shop.reopen()])
    assert.equal(catalog.dump(), dump)
  } finally {
    rmSync(home, { recursive: true })
  }
})
