import assert from 'node:assert/strict'
import test from 'node:test'
import { usageIn } from './locks.ts'

/** As Linux 6.1 and QEMU 7.2 wrote them: a writer, a reader, a lock of another program, and a waiter. */
const locks = `1: POSIX  ADVISORY  WRITE 16887 fe:00:1540132 0 0
2: OFDLCK ADVISORY  READ -1 fe:00:11 203 203
3: OFDLCK ADVISORY  READ -1 fe:00:11 100 101
4: OFDLCK ADVISORY  READ -1 fe:00:22 201 201
5: OFDLCK ADVISORY  READ -1 fe:00:22 100 100
6: POSIX  ADVISORY  WRITE 20149 fe:00:33 0 EOF
7: FLOCK  ADVISORY  WRITE 20149 fe:00:44 0 EOF
7: -> OFDLCK ADVISORY  WRITE -1 fe:00:44 101 101
8: OFDLCK ADVISORY  READ -1 fe:00:55 103 103
`

test('a program that may write or resize an image is told from one that reads it', () => {
  assert.equal(usageIn(locks, 'fe:00:11'), 'written')
  assert.equal(usageIn(locks, 'fe:00:55'), 'written')
  assert.equal(usageIn(locks, 'fe:00:22'), 'read')
})

test('locks of other kinds, of other files, and those only waited for say nothing', () => {
  for (const file of ['fe:00:33', 'fe:00:44', 'fe:00:66', 'fe:00:1']) assert.equal(usageIn(locks, file), 'none')
  assert.equal(usageIn('', 'fe:00:11'), 'none')
})
