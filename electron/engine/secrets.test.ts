import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileSecrets } from './secrets.ts'

test('a secret is kept where only its owner may read, is replaced whole, and goes when it is removed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'secrets-'))
  try {
    const folder = join(home, 'secrets')
    const secrets = fileSecrets(folder)
    assert.equal(await secrets.get('a'), undefined)
    await secrets.put('a', Buffer.from('one'))
    await secrets.put('a', Buffer.from('two'))
    assert.deepEqual(await secrets.get('a'), Buffer.from('two'))
    assert.deepEqual(readdirSync(folder), ['a'])
    if (process.platform !== 'win32') {
      assert.equal(statSync(folder).mode & 0o777, 0o700)
      assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o600)
    }
    await secrets.remove('a')
    await secrets.remove('a')
    assert.equal(await secrets.get('a'), undefined)
  } finally {
    rmSync(home, { recursive: true })
  }
})
