/** A reporter for `node --test` that leaves a line of JSON for every test: its file, its name and how it ended. */
export type Ended = { readonly file: string; readonly name: string; readonly end: 'passed' | 'failed' | 'skipped' }

type Told = {
  readonly type: string
  readonly data: {
    readonly file?: string
    readonly name?: string
    readonly skip?: unknown
    readonly details?: { readonly type?: string }
  }
}

async function* tellTests(source: AsyncIterable<Told>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (data.details?.type === 'suite' || (type !== 'test:pass' && type !== 'test:fail')) continue
    const passed = data.skip === undefined ? 'passed' : 'skipped'
    const ended: Ended = { file: data.file ?? '', name: data.name ?? '', end: type === 'test:fail' ? 'failed' : passed }
    yield `${JSON.stringify(ended)}\n`
  }
}

// biome-ignore lint/style/noDefaultExport: a reporter is found by its default export
export default tellTests
