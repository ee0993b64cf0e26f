import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { Guestfish } from './guestfish.ts'
import { readIn } from './pieces.ts'

/**
 * What lies behind the encryption (LUKS) of a volume, as bytes: our own readers read it. The passphrase goes to guestfish through its
 * standard input alone. Fails with `passphrase-wrong`, `tool-missing`, `invalid-argument`. Owns nothing of `disk`.
 */
export async function unlock(disk: ReadableDisk, passphrase: string, signal: AbortSignal): Promise<ReadableDisk> {
  if (passphrase === '' || /[\n\0]/.test(passphrase)) {
    throw new Failure('invalid-argument', 'A passphrase of LUKS that is typed is one line')
  }
  await using opened = new AsyncDisposableStack()
  const guestfish = opened.use(await Guestfish.start(disk, signal))
  await guestfish.ask(`cryptsetup-open /dev/sda plain readonly:true\n${passphrase}`, signal)
  const size = (await guestfish.ask('blockdev-getsize64 /dev/mapper/plain', signal)).toString('latin1').trim()
  if (!/^\d{1,15}$/.test(size)) {
    const isKey = /No key available|passphrase/i.test(guestfish.errors)
    throw new Failure(isKey ? 'passphrase-wrong' : 'volume-unsupported', `It cannot be opened: ${guestfish.errors}`)
  }
  const owned = opened.move()
  return readIn(
    Number(size),
    (offset, lengthBytes, reading) => guestfish.ask(`pread-device /dev/mapper/plain ${lengthBytes} ${offset}`, reading),
    () => owned.disposeAsync(),
  )
}
