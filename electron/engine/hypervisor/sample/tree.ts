/** What lies in a folder of the sample's file system. Times are whole seconds since 1970, modes the nine permission bits. */
export type Entry =
  | {
      readonly kind: 'file'
      readonly name: string
      readonly mode: number
      readonly modifiedAt: number
      readonly bytes: Uint8Array
    }
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly mode: number
      readonly modifiedAt: number
      readonly entries: readonly Entry[]
    }
  | { readonly kind: 'link'; readonly name: string; readonly modifiedAt: number; readonly target: string }
