import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modeText, octalMode } from './modes.ts'

test('modes are written as ls writes them, with set-uid, set-gid and sticky in the place of x', () => {
  assert.equal(modeText(0o755), 'rwxr-xr-x')
  assert.equal(modeText(0o640), 'rw-r-----')
  assert.equal(modeText(0o4755), 'rwsr-xr-x')
  assert.equal(modeText(0o2640), 'rw-r-S---')
  assert.equal(modeText(0o1777), 'rwxrwxrwt')
  assert.equal(octalMode(0o64), '0064')
})
