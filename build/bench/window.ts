import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from '@playwright/test'
import { median } from './measure.ts'
import { load, type Seeded, seed } from './seed.ts'

/**
 * What the window bears, measured inside Chromium by its own performance API: first paint, the list of machines after a click,
 * scrolling, a long lineage, and a timeline of a year. `--rounds` repeats it all; medians are printed.
 */
type Figures = {
  readonly firstPaintMs: number
  readonly scriptGzipBytes: number
  readonly machinesMs: number
  readonly lineageMs: number
  readonly scroll: Frames
  readonly lineageScroll: Frames
  readonly timelineDrag: Frames
}
/** Of the frames drawn while something moved: how long they took, and how many showed a gap where a row should be. */
type Frames = { readonly count: number; readonly p95Ms: number; readonly worstMs: number; readonly blank: number }

const top = path.join(import.meta.dirname, '..', '..')

export async function measureWindow(rounds: number): Promise<void> {
  using seeded = await seed()
  await using browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  })
  const figures: Figures[] = []
  for (let round = 0; round < rounds; round++) figures.push(await withHost(seeded, browser))
  console.log(report(figures))
}

async function withHost({ home, machineId }: Seeded, browser: Browser): Promise<Figures> {
  const entry = path.join(top, 'electron', 'headless.ts')
  const host = spawn(process.execPath, [entry, '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(host, 'exit')
  try {
    const [link] = (await Promise.race([once(createInterface(host.stdout), 'line'), exited])) as readonly unknown[]
    return await measureOnce(browser, String(link), machineId)
  } finally {
    host.kill('SIGTERM')
    await exited
  }
}

async function measureOnce(browser: Browser, link: string, machineId: string): Promise<Figures> {
  await using context = await browser.newContext({ viewport: { width: 1280, height: 820 } })
  const page = await context.newPage()
  const scripts: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.body().then((bytes) => gzipSync(bytes).length))
  })
  await page.goto(link)
  await page.getByRole('heading', { level: 1 }).waitFor()
  const firstPaintMs = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  )
  const scriptGzipBytes = (await Promise.all(scripts)).reduce((sum, bytes) => sum + bytes, 0)
  await page.getByRole('navigation').getByText(`${load.machines}`).waitFor()
  const machinesMs = await paintedAfter(page, '#/machines', '[role=grid] [role=row][aria-rowindex="2"]')
  const scroll = await frames(page, '[role=grid]', 'scroll')
  const lineageMs = await paintedAfter(page, `#/machine/${machineId}`, '[role=grid] .lineage-row')
  const lineageScroll = await frames(page, '[role=grid]', 'scroll')
  const timelineDrag = await frames(page, '[role=slider]', 'drag')
  return { firstPaintMs, scriptGzipBytes, machinesMs, lineageMs, scroll, lineageScroll, timelineDrag }
}

/** From the moment the address changes to the end of the first frame that shows `selector`. */
function paintedAfter(page: Page, fragment: string, selector: string): Promise<number> {
  return page.evaluate(
    ({ to, wanted }) =>
      new Promise<number>((resolve) => {
        const from = performance.now()
        const painted = (): void => {
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now() - from)
          channel.port2.postMessage(null)
        }
        const look = (): void => {
          if (document.querySelector(wanted) === null) requestAnimationFrame(look)
          else painted()
        }
        location.hash = to
        requestAnimationFrame(look)
      }),
    { to: fragment, wanted: selector },
  )
}

/** Moves one step in each of 240 frames and looks, after each was drawn, whether rows fill the view. */
function frames(page: Page, selector: string, motion: 'scroll' | 'drag'): Promise<Frames> {
  return page.evaluate(
    ({ at, how }) =>
      new Promise<{ count: number; p95Ms: number; worstMs: number; blank: number }>((resolve, reject) => {
        const place = document.querySelector(at)
        if (place === null) {
          reject(new Error(`nothing is ${at}`))
          return
        }
        const box = place.getBoundingClientRect()
        const times: number[] = []
        const total = 240
        let blank = 0
        let last = 0
        const point = (step: number): PointerEventInit => {
          const clientX = box.left + 20 + ((box.width - 40) * step) / total
          return {
            clientX,
            clientY: box.top + box.height / 2,
            bubbles: true,
            pointerId: 1,
            isPrimary: true,
            buttons: 1,
          }
        }
        const isBlank = (): boolean =>
          [0.25, 0.5, 0.75].some((part) => {
            const y = box.top + Math.min(box.height, innerHeight - box.top - 40) * part
            return document.elementFromPoint(box.left + box.width / 2, y)?.closest('[role=row]') === null
          })
        const move = (step: number): void => {
          if (how === 'scroll') place.scrollTop = ((place.scrollHeight - place.clientHeight) * step) / total
          else place.dispatchEvent(new PointerEvent(step === 0 ? 'pointerdown' : 'pointermove', point(step)))
        }
        const end = (): void => {
          place.dispatchEvent(new PointerEvent('pointerup', point(total)))
          times.sort((a, b) => a - b)
          const p95Ms = times[Math.floor(times.length * 0.95)] ?? 0
          resolve({ count: times.length, p95Ms, worstMs: times.at(-1) ?? 0, blank })
        }
        const next = (step: number): void => {
          const now = performance.now()
          times.push(now - last)
          if (how === 'scroll' && isBlank()) blank++
          last = now
          if (step > total) {
            end()
            return
          }
          move(step)
          requestAnimationFrame(() => next(step + 1))
        }
        requestAnimationFrame((now) => {
          last = now
          move(0)
          requestAnimationFrame(() => next(1))
        })
      }),
    { at: selector, how: motion },
  )
}

function report(figures: readonly Figures[]): string {
  const of = (pick: (each: Figures) => number): number => median(figures.map(pick))
  const ms = (pick: (each: Figures) => number): string => `${of(pick).toFixed(0)} ms`
  const moved = (pick: (each: Figures) => Frames): string =>
    `frames p95 ${ms((each) => pick(each).p95Ms)}, worst ${ms((each) => pick(each).worstMs)}, ${of((each) => pick(each).blank)} of ${of((each) => pick(each).count)} with a gap`
  return [
    `Window with ${load.machines} machines and ${load.points} points; medians of ${figures.length} rounds.`,
    '',
    '| figure | measured |',
    '|---|---|',
    `| first paint | ${ms((each) => each.firstPaintMs)} |`,
    `| JavaScript of the first screen, gzip | ${(of((each) => each.scriptGzipBytes) / 1024).toFixed(0)} KiB |`,
    `| machines painted after navigation | ${ms((each) => each.machinesMs)} |`,
    `| scrolling ${load.machines} machines | ${moved((each) => each.scroll)} |`,
    `| lineage of ${load.pointsOfOne} points painted | ${ms((each) => each.lineageMs)} |`,
    `| scrolling it | ${moved((each) => each.lineageScroll)} |`,
    `| dragging along a year | ${moved((each) => each.timelineDrag)} |`,
  ].join('\n')
}
