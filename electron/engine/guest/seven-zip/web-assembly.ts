/** As much of WebAssembly as is used here: its types come with those of browsers, which the engine does without. */

export type Program = { readonly kind?: 'program' }
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>
export type Instance = { readonly exports: Readonly<Record<string, unknown>> }
export type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number }

type Interface = {
  compile(bytes: Uint8Array): Promise<Program>
  readonly Instance: new (program: Program, imports: Imports) => Instance
  readonly Memory: new (size: { readonly initial: number }) => Memory
}

export const webAssembly: Interface = (globalThis as unknown as { readonly WebAssembly: Interface }).WebAssembly
