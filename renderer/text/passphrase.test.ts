import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Strength, strengthOf } from './passphrase.ts'

const known: Readonly<Record<Strength, readonly string[]>> = {
  guessable: [
    '',
    'a',
    'password123',
    'aaaaaaaaaaaaaaaa',
    'abcdefghijklmno',
    '12345678',
    'Stillpoint',
    'the the the the',
  ],
  weak: ['horse battery staple', 'k7Gq2w'],
  good: ['correct horse battery staple', 'k7Gq2w!x', '我的备份在北京'],
  strong: ['correct horse battery staple onion ladder', 'k7Gq2w!xZ0pL'],
}

test('long beats complicated; runs, repeats and worn words count for nothing', () => {
  for (const [strength, passphrases] of Object.entries(known)) {
    for (const passphrase of passphrases) assert.equal(strengthOf(passphrase), strength, passphrase)
  }
})
