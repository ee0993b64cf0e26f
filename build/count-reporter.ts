/** A reporter for `node --test` that leaves one line of JSON: how many tests passed, failed and were skipped. */
type Told = {
  readonly type: string
  readonly data: { readonly skip?: unknown; readonly todo?: unknown; readonly details?: { readonly type?: string } }
}

async function* countTests(source: AsyncIterable<Told>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for await (const { type, data } of source) {
    if (data.details?.type === 'suite') continue
    if (type === 'test:fail') counts.failed++
    else if (type === 'test:pass' && (data.skip !== undefined || data.todo !== undefined)) counts.skipped++
    else if (type === 'test:pass') counts.passed++
  }
  yield JSON.stringify(counts)
}

// biome-ignore lint/style/noDefaultExport: a reporter is found by its default export
export default countTests
