import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { outsideArchive, ownVersion } from './place.ts'

test('what lies in the archive is looked for beside it, anything else where it is', () => {
  const packed = new URL('file:///opt/Stillpoint/resources/app.asar/dist/thread.js')
  assert.equal(outsideArchive(packed).pathname, '/opt/Stillpoint/resources/app.asar.unpacked/dist/thread.js')
  for (const href of [
    'file:///x/dist/thread.js',
    'file:///x/app.asar.unpacked/dist/thread.js',
    'data:text/javascript,',
  ])
    assert.equal(outsideArchive(new URL(href)).href, href)
})

test('the version is that of package.json', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  assert.equal(ownVersion(), (JSON.parse(text) as { readonly version: string }).version)
})
