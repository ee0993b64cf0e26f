import { expect } from '@playwright/test'
import { visible } from '../../renderer/text/visible.ts'
import type { Handlers } from '../../shared/contract.ts'
import type { FileEntry, FileReport, Volume } from '../../shared/files.ts'
import { makeupOf } from './foreign-text.ts'
import type { Guide } from './hostile-tours.ts'
import { fullMachine, idOfRun } from './hostile-world.ts'
import { machineId, now, point, pointId } from './worlds.ts'

const newest = pointId(9000)
const older = pointId(9002)
const volume = 'vda/1'
const runNumber = 900

/** What a file system can hold: every name but for the one character that none allows. */
function fileNames(names: readonly string[]): readonly string[] {
  return names.map((name) => name.replaceAll('/', '\u2215'))
}

/** The guest chose every text that these calls answer: volumes, files, link targets, streams, problems, contents. */
export function filesPlayedBy(names: readonly string[]): Partial<Handlers<AbortSignal>> {
  const entries = fileNames(names).map((name, at) => entryOf(name, names[at] ?? '', at))
  const [first = ''] = names
  const hits = entries.map((entry, at) => ({
    machineId: machineId(at),
    volumeId: (names[at] ?? '').slice(0, 300),
    path: `/${entry.name}/${entry.name}`,
    kind: entry.kind,
    sizeBytes: 1,
    pointId: pointId(at),
    pointAt: now,
    versions: 1,
    ...(at % 2 === 0 ? {} : { goneSince: now }),
  }))
  const changes = entries.map((entry, at) => ({
    volumeId: volume,
    path: `/${entry.name}`,
    change: (['new', 'changed', 'gone'] as const)[at % 3] ?? 'new',
    before: entry,
    after: entry,
  }))
  return {
    listVolumes: async () => volumesOf(names),
    listFiles: async ({ path }) => ({ entries: path === '/' ? entries : [] }),
    showFile: async ({ path }) => ({
      ...entryOf(path.slice(1), first, 0),
      path,
      node: first,
      streams: fileNames(names).map((name) => ({ name: name.slice(0, 255), sizeBytes: 1 })),
    }),
    readFile: async () => {
      // Tabs are kept as they are in a text.
      const bytes = Buffer.from(names.map((name) => name.replaceAll('\t', ' ')).join('\n'))
      return { base64: bytes.toString('base64'), sizeBytes: bytes.length }
    },
    compareFolder: async ({ path }) => (path === '/' ? changes : []),
    diffFiles: async () => ({ changes }),
    fileVersions: async () => ({
      versions: [{ kind: 'file', sizeBytes: 1, modifiedAt: now, pointIds: [newest, older] }],
      missing: [older],
    }),
    searchFiles: async () => ({ hits, isMore: false, missingPoints: 1 }),
    listFileIndexes: async () =>
      names.map((_, at) => ({
        machineId: machineId(at),
        enabled: true,
        points: 1,
        indexed: 1,
        entries: 1,
        skipped: 1,
      })),
    startFileRestore: async () => ({ runId: idOfRun(runNumber) }),
  }
}

function entryOf(name: string, foreign: string, at: number): FileEntry {
  const kind = (['file', 'file', 'link'] as const)[at % 3] ?? 'file'
  const of = { name, kind, sizeBytes: 10, mode: 0o644, uid: 0, gid: 0, modifiedAt: now, target: foreign }
  return at % 2 === 0 ? of : { ...of, problem: foreign }
}

function volumesOf(names: readonly string[]): Volume[] {
  const partition = { kind: 'partition' as const, disks: ['vda'], sizeBytes: 1000 }
  const readable = { ...partition, content: 'ext4', reader: 'own' } as const
  const locked = { ...partition, content: 'luks', refusal: 'encrypted' } as const
  return [
    { ...readable, id: volume, notes: ['unclean'] },
    ...names.map((name, at): Volume => {
      const called = at % 2 === 0 ? { label: name } : { name }
      return { ...(at % 3 === 0 ? locked : readable), ...called, id: `vdb/${at}`, told: name, notes: [] }
    }),
  ]
}

function reportOf(names: readonly string[]): FileReport {
  return {
    files: 1,
    folders: 1,
    links: 1,
    bytes: 1,
    renamed: names.slice(0, 30).map((name) => ({ path: name, as: name })),
    skipped: names.slice(30).map((name) => ({ path: name, why: name })),
  }
}

/** Rows tell the names of files, of which none has the character that parts them. */
async function seeAllFiles(guide: Guide, where: string): Promise<void> {
  const { page, names } = guide
  const wanted = fileNames(names).map(visible)
  const missing = async (): Promise<readonly string[]> => {
    const { told } = await makeupOf(page, names)
    return wanted.filter((name) => !told.includes(name))
  }
  await expect.poll(missing, { message: `${where} tells every file` }).toEqual([])
  await guide.see(where)
}

async function show({ page }: Guide, fragment: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), `#/files${fragment}`)
}

/** Whatever things are called, every part stays inside its own edges. */
async function expectInside({ page }: Guide, where: string): Promise<void> {
  const tall = page.viewportSize() ?? { width: 1280, height: 800 }
  for (const width of [1280, 820]) {
    await page.setViewportSize({ width, height: 800 })
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('.files, .files *, .screen-head')]
        .filter((part) => getComputedStyle(part).overflowX === 'visible' && part.clientWidth > 0)
        .filter((part) => part.scrollWidth > part.clientWidth + 2 && getComputedStyle(part).display !== 'inline')
        .map((part) => `${part.localName}.${part.className} ${part.scrollWidth} > ${part.clientWidth}`),
    )
    expect(outside, `${where} at ${width}`).toEqual([])
  }
  await page.setViewportSize(tall)
}

async function find(guide: Guide): Promise<void> {
  const { page } = guide
  await show(guide, '')
  await page.getByRole('textbox', { name: /Part of a name/ }).fill('o')
  await expect(page.getByRole('grid', { name: 'Files that were found' })).toBeVisible()
  await seeAllFiles(guide, 'what was found')
  await expectInside(guide, 'what was found')
  await expect(page.getByRole('button', { name: 'Show more' })).toBeVisible()
  await page.getByRole('button', { name: 'Show more' }).click()
  await guide.seeAll('machines to look through')
}

async function look(guide: Guide, folder: string): Promise<void> {
  const { page, names } = guide
  await show(guide, folder)
  const grid = page.getByRole('grid', { name: /^Files in/ })
  await expect(grid).toBeVisible()
  await seeAllFiles(guide, 'a folder')
  await guide.seeAll('volumes')
  await expectInside(guide, 'a folder')
  await grid.focus()
  await page.keyboard.press('Home')
  const title = page.locator('.files-pane-title')
  for (const part of ['Preview', 'Properties', 'Versions'] as const) {
    await page.getByRole('tab', { name: part }).click()
    await expect(title).toBeVisible()
    await expect(page.locator('.files-pane-body .mantine-Loader-root')).toHaveCount(0)
    await guide.see(`a file: ${part}`)
  }
  await page.getByRole('tab', { name: 'Properties' }).click()
  const tall = page.viewportSize() ?? { width: 1280, height: 800 }
  // What is walked over is drawn in any case, and looking at less of the rest takes less time.
  await page.setViewportSize({ ...tall, height: 800 })
  for (const _ of names) {
    await grid.press('ArrowDown')
    await guide.see('a file that is walked over')
  }
  await page.setViewportSize(tall)
  await grid.press('Control+a')
  await page.getByRole('button', { name: 'Put on the shelf' }).last().click()
  await seeAllFiles(guide, 'the shelf')
  await expectInside(guide, 'the shelf')
}

async function take(guide: Guide): Promise<void> {
  const { page, names, world, emit } = guide
  await page.getByRole('tab', { name: 'Targets' }).click()
  await guide.seeAll('target folders')
  await expectInside(guide, 'target folders')
  await page.getByRole('button', { name: 'Restore the shelf here' }).click()
  const ran = {
    ...(world.runs[0] as NonNullable<(typeof world.runs)[number]>),
    id: idOfRun(runNumber),
    kind: 'files' as const,
    state: 'done' as const,
    endedAt: now,
    targetKind: 'folder' as const,
    target: names[0] ?? '',
    warnings: [...names],
    files: reportOf(names),
  }
  emit('run', ran)
  await expect(page.locator('.shelf-run')).toContainText('Not written')
  await guide.see('the shelf: what became of it')
  emit('downloadFailed', { name: names[0] ?? '', failure: { code: 'file-system-damaged', message: names[0] ?? '' } })
  await expect(page.getByText('Download broke off', { exact: false })).toBeVisible()
  await guide.see('the notice of a download that broke off')

  world.machines = world.machines.map((machine) => ({ ...machine, state: 'running' }))
  emit('machinesChanged', null)
  await page.getByRole('button', { name: 'Back into a machine…' }).click()
  await guide.seeAll('back into a machine', 'dialog')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.evaluate((to) => location.assign(to), `#/activity/${ran.id}`)
  await expect(page.getByText('Written under another name').first()).toBeVisible()
  await guide.seeAll('the report of a restore of files')
}

/** Search, a folder and all that is known of its files, the shelf and the ways out, the report, the difference of two points. */
export async function files(guide: Guide): Promise<void> {
  const { world, emit, names, page } = guide
  const of = `full ${names[0]}`
  world.points = [...world.points, { ...point(9002, fullMachine, of, 4, true), id: older }]
  emit('pointsChanged', null)
  await find(guide)
  const folder = `/${machineId(fullMachine)}/${newest}/${encodeURIComponent(volume)}`
  await look(guide, folder)
  await take(guide)
  await show(guide, `${folder}?against=${older}`)
  await expect(page.getByRole('grid', { name: 'Differences' })).toBeVisible()
  await seeAllFiles(guide, 'the difference of two points')
  await expectInside(guide, 'the difference of two points')
}
