import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { Failure } from '../../../../shared/failure.ts'
import { keyBytes } from './key.ts'

/** 24 words of BIP-39 (English) for 32 bytes. */
export function toWords(secret: Uint8Array): string {
  return entropyToMnemonic(secret, wordlist)
}

/** Takes words in any case and spacing, numbered or not. Fails with `passphrase-wrong` when a word or the checksum is not right. */
export function fromWords(text: string): Uint8Array {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z]+/g) ?? []
  try {
    const secret = mnemonicToEntropy(words.join(' '), wordlist)
    if (secret.length === keyBytes) return secret
  } catch (thrown) {
    throw new Failure('passphrase-wrong', 'The recovery words hold a mistake', { cause: thrown })
  }
  throw new Failure('passphrase-wrong', `There are 24 recovery words, these are ${words.length}`)
}
