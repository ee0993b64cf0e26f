import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Program, webAssembly } from './web-assembly.ts'

/** From source 7-Zip lies in its package; a bundle has it beside it. */
const isSource = import.meta.url.endsWith('.ts')

export async function compileProgram(): Promise<Program> {
  return await webAssembly.compile(await readFile(programFile()))
}

function programFile(): string | URL {
  return isSource ? createRequire(import.meta.url).resolve('7z-wasm/7zz.wasm') : new URL('./7zz.wasm', import.meta.url)
}

/** The entry of 7-Zip's thread: from source this folder's, in a bundle the one beside it under its own name. */
export const workerEntry = new URL(isSource ? './worker.ts' : './seven-zip-worker.js', import.meta.url)
