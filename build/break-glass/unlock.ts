import { toHex } from '../../electron/engine/repository/format/bytes.ts'
import { type Config, checkConfigVersion, decodeConfig } from '../../electron/engine/repository/format/config.ts'
import { deriveConfigKey } from '../../electron/engine/repository/format/key.ts'
import { nameOf } from '../../electron/engine/repository/format/object.ts'
import { openSlot, type SlotKey } from '../../electron/engine/repository/format/slot.ts'
import type { ObjectFolder } from './objects.ts'

/** The root key and the proven `config`. Says which of passphrase, slots and `config` is at fault. */
export async function unlock(objects: ObjectFolder, key: SlotKey): Promise<{ rootKey: Uint8Array; config: Config }> {
  const configBytes = objects.read('config')
  if (configBytes === undefined) throw new Error('there is no repository here: the file "config" is missing')
  checkConfigVersion(configBytes)
  const seen = new Set<string>()
  for (const name of objects.list('keys')) {
    const bytes = objects.read(name) ?? Buffer.alloc(0)
    const answer = name.endsWith(nameOf(bytes)) ? await openSlot(key, bytes) : ({ kind: 'damaged' } as const)
    seen.add(answer.kind)
    if (answer.kind !== 'open') continue
    const config = decodeConfig(configBytes, deriveConfigKey(answer.rootKey))
    if (config?.repositoryId === toHex(answer.repositoryId)) return { rootKey: answer.rootKey, config }
  }
  if (seen.has('open')) throw new Error('the file "config" is damaged')
  if (seen.has('wrong')) throw new Error('the passphrase, the recovery words or the recovery key are wrong')
  throw new Error('no key slot for this kind of key could be read: the folder "keys" is damaged')
}
