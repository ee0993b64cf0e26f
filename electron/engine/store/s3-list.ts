import type { Page, S3Api, Send, Version, VersionPage } from './s3-api.ts'
import { type S3Bucket, unexpected } from './s3-bucket.ts'
import { WrongAnswer } from './s3-error.ts'

export type Listed = Page['objects'][number]

/** What a plain list tells of, page by page. */
export async function* listPages(bucket: S3Bucket, below: string, signal: AbortSignal): AsyncGenerator<Listed> {
  let after: string | undefined
  do {
    const page = await askPage(bucket, below, after, signal)
    yield* page.objects
    after = page.next
  } while (after !== undefined)
}

async function askPage(bucket: S3Bucket, below: string, after: string | undefined, signal: AbortSignal): Promise<Page> {
  try {
    return await bucket.ask(async (send) => {
      const page = await bucket.api.list(below, after, send)
      needBelow(page.objects, below)
      if (page.next !== undefined && page.next === after) throw endless()
      return page
    }, signal)
  } catch (thrown) {
    throw unexpected('Listing', thrown)
  }
}

export async function versionPage(
  api: S3Api,
  below: string,
  after: VersionPage['next'],
  send: Send,
): Promise<VersionPage> {
  const page = await api.versions(below, after, send)
  needBelow(page.versions, below)
  const { next } = page
  if (next !== undefined && next.key === after?.key && next.versionId === after.versionId) throw endless()
  return page
}

/** Every version of one key, the newest first. */
export async function versionsOf(api: S3Api, key: string, send: Send): Promise<readonly Version[]> {
  const found: Version[] = []
  let after: VersionPage['next']
  do {
    const page = await versionPage(api, key, after, send)
    found.push(...page.versions.filter((version) => version.key === key))
    after = page.next?.key === key ? page.next : undefined
  } while (after !== undefined)
  return found
}

/** The oldest version of each key that has one, pages being in the order of keys. Answers false when `page` gives up. */
export async function* oldestOf(
  page: (after: VersionPage['next']) => Promise<VersionPage | undefined>,
): AsyncGenerator<Listed, boolean> {
  let oldest: Version | undefined
  let after: VersionPage['next']
  do {
    const told = await page(after)
    if (told === undefined) return false
    for (const version of told.versions.filter(({ isMarker }) => !isMarker)) {
      if (oldest !== undefined && oldest.key !== version.key) yield listedOf(oldest)
      oldest = version
    }
    after = told.next
  } while (after !== undefined)
  if (oldest !== undefined) yield listedOf(oldest)
  return true
}

function listedOf({ key, sizeBytes, modifiedAt }: Version): Listed {
  return { key, sizeBytes, ...(modifiedAt === undefined ? {} : { modifiedAt }) }
}

function needBelow(told: readonly { readonly key: string }[], below: string): void {
  if (told.some(({ key }) => !key.startsWith(below))) throw new WrongAnswer('It lists what was not asked for')
}

function endless(): WrongAnswer {
  return new WrongAnswer('It lists without end')
}
