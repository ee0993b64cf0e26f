import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'

/** Where the script lies in the source tree; the engine reads it from here, or from `dist` where it was copied. */
export const scriptFile: string = path.join(import.meta.dirname, 'restore-without-us.mjs')

const head = `// Restores from a Stillpoint repository without Stillpoint. Run it without arguments to see how.
// Made from build/break-glass by "node build/break-glass/bundle.ts"; the bytes it reads are described in FORMAT.md.
`

/** The script as it lies in every repository: one file, readable, that needs Node and nothing else. */
export async function bundleBreakGlass(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: import.meta.dirname,
    ssr: { noExternal: true },
    build: { ssr: path.join(import.meta.dirname, 'main.ts'), target: 'node22', write: false, minify: false },
  })
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []))
  const [only] = outputs
  if (only?.type !== 'chunk' || outputs.length !== 1)
    throw new Error(`one file was wanted, vite made ${outputs.length}`)
  return head + only.code
}

if (process.argv[1] === import.meta.filename) {
  const text = await bundleBreakGlass()
  const isNew = readFileSync(scriptFile, { encoding: 'utf8', flag: 'a+' }) !== text
  if (isNew) writeFileSync(scriptFile, text)
  console.log(`${scriptFile}: ${text.length} characters${isNew ? '' : ', unchanged'}`)
}
