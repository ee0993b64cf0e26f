import { slice, text16, u8 } from './fields.ts'

/** `isShort` is the name that DOS sees beside the one that Windows shows. */
export type FileName = { readonly name: string; readonly isShort: boolean }

const dos = 2

/** The value of a $FILE_NAME attribute, which is also the key of a folder's index. Fails with `file-system-damaged`. */
export function parseFileName(value: Buffer): FileName {
  return { name: text16(slice(value, 66, value.length - 66), 0, u8(value, 64)), isShort: u8(value, 65) === dos }
}
