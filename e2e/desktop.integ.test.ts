import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire, registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { type Connection, connect, type Port } from '../shared/wire.ts'
import { until } from './rig/until.ts'
import { app, desk, ipcMain, isPrevented, session, told } from './stand-in/electron.ts'

/**
 * The built main process, preload and engine (`npm run build` first) on a stand-in for the `electron` module: their wiring,
 * their refusals and their end. Electron itself is not part of this test.
 */
const dist = process.env['STILLPOINT_DIST'] ?? path.join(import.meta.dirname, '..', 'dist')
const standIn = new URL('./stand-in/electron.ts', import.meta.url).href

registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: standIn, shortCircuit: true, format: 'module-typescript' } : next(name, context),
})

type Bridge = Port & {
  chooseFolder(): Promise<string | undefined>
  dragOut(paths: readonly string[]): Promise<void>
}

async function ask(url: string): Promise<Response> {
  const handler = session.defaultSession.handlers.get('app')
  assert.ok(handler !== undefined)
  return handler(new Request(url))
}

async function lastWindow(count: number) {
  await until(`window ${count} is there`, async () => told.windows.length >= count && told.windows.at(-1)?.url !== '')
  const window = told.windows.at(-1)
  assert.ok(window !== undefined)
  return window
}

test('the desktop console from its first window to its end', async (t) => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-desktop-'))
  t.after(() => rm(scratch, { recursive: true, force: true }))
  process.env['XDG_DATA_HOME'] = scratch
  const home = path.join(scratch, 'stillpoint')
  await import(path.join(dist, 'main.js'))
  const window = await lastWindow(1)
  const { webContents } = window
  let calls: Connection<AbortSignal>['calls'] | undefined

  await t.test('the window is isolated, sandboxed and without Node', () => {
    const { preload, ...preferences } = window.options.webPreferences
    const wanted = {
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    }
    assert.deepEqual(preferences, wanted)
    assert.equal(preload, path.join(dist, 'preload.cjs'))
    assert.equal(told.isSandboxed, true)
    assert.equal(window.url, 'app://console/')
  })

  await t.test(
    'the page comes with a policy whose nonce it carries, and nothing beside the build is served',
    async () => {
      const page = await ask(window.url)
      const policy = page.headers.get('content-security-policy') ?? ''
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
      assert.match(policy, /^default-src 'none'; script-src 'self';/)
      assert.ok(nonce !== undefined && (await page.text()).includes(`nonce="${nonce}"`))
      for (const other of [
        'app://console/../main.js',
        'app://console/%2e%2e/main.js',
        'app://elsewhere/',
        'app://console/x',
      ])
        assert.equal((await ask(other)).status, 404, other)
    },
  )

  await t.test('no other page, window, web view, device or permission is granted', () => {
    assert.deepEqual(webContents.openHandler({ url: 'https://example.org/' }), { action: 'deny' })
    for (const way of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      assert.equal(isPrevented(webContents, way, { url: 'https://example.org/' }), true)
      assert.equal(isPrevented(webContents, way, { url: 'app://elsewhere/' }), true)
      assert.equal(isPrevented(webContents, way, { url: 'file:///etc/passwd' }), true)
    }
    assert.equal(isPrevented(webContents, 'will-navigate', { url: 'app://console/#/hosts' }), false)
    const ticket = `app://console/files/${'t'.repeat(43)}`
    const isKept = (url: string): boolean =>
      !isPrevented(session.defaultSession, 'will-download', {}, { getURL: () => url })
    for (const url of [ticket, 'blob:app://console/0a1b']) assert.equal(isKept(url), true, url)
    for (const url of [`${ticket}?inline`, 'app://console/', 'app://elsewhere/x', 'https://example.org/x', 'data:,x'])
      assert.equal(isKept(url), false, url)
    assert.equal(isPrevented(webContents, 'will-navigate', { url: `${ticket}?inline` }), true)
    assert.equal(isPrevented(webContents, 'will-attach-webview'), true)
    const permissions = ['media', 'geolocation', 'notifications', 'clipboard-read', 'clipboard-sanitized-write']
    const granted = (how: (permission: string) => boolean): readonly string[] => permissions.filter(how)
    const { defaultSession } = session
    assert.deepEqual(
      granted((each) => defaultSession.check(undefined, each)),
      ['clipboard-sanitized-write'],
    )
    const asked = new Map<string, boolean>()
    for (const each of permissions) defaultSession.ask(undefined, each, (answer) => asked.set(each, answer))
    assert.deepEqual(
      granted((each) => asked.get(each) === true),
      ['clipboard-sanitized-write'],
    )
    assert.equal(defaultSession.checkDevice(), false)
  })

  await t.test('what the page posts before its port has come is answered by the engine', async () => {
    createRequire(import.meta.url)(path.join(dist, 'preload.cjs'))
    assert.deepEqual([...told.exposed.keys()], ['bridge'])
    const bridge = told.exposed.get('bridge') as Bridge
    assert.deepEqual(Object.keys(bridge).toSorted(), ['chooseFolder', 'dragOut', 'onMessage', 'post'])
    calls = connect<AbortSignal>(bridge).calls
    const hosts = calls.listHosts(null)
    webContents.emit('did-finish-load')
    assert.deepEqual(await hosts, [])
    await assert.rejects(calls.showRun({ runId: 'f'.repeat(32) }), { code: 'run-not-found' })
  })

  await t.test('the console knows what it is', async () => {
    const { version, ...rest } = (await calls?.about(null)) ?? { version: '' }
    assert.deepEqual(rest, { carrier: 'electron', home, secrets: 'system' })
    const manifest = JSON.parse(await readFile(path.join(dist, '..', 'package.json'), 'utf8')) as { version: string }
    assert.equal(version, manifest.version)
  })

  await t.test('a repository key rests sealed, and never as it is', async () => {
    const folder = path.join(scratch, 'backups')
    await mkdir(folder)
    const created = await calls?.createRepository({ address: { kind: 'folder', folder }, passphrase: 'correct horse' })
    const file = await readFile(path.join(home, 'secrets', `repository-${created?.repositoryId}`))
    assert.match(file.toString('latin1'), /^stillpoint sealed 1\n=*[A-Za-z0-9+/]{40,}$/)
  })

  await t.test('a ticket that nobody issued opens nothing, and only the shelf can be dragged from', async () => {
    assert.equal((await ask(`app://console/files/${'A'.repeat(43)}`)).status, 404)
    const bridge = told.exposed.get('bridge') as Bridge
    const folder = path.join(home, 'shelf', 'engine', 'run')
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, 'a'), 'a')
    await bridge.dragOut([path.join(folder, 'a')])
    assert.deepEqual(
      desk.drags.map(({ files }) => files),
      [[path.join(folder, 'a')]],
    )
    await assert.rejects(bridge.dragOut([path.join(home, 'keys.json')]), /Not on the shelf|ENOENT/)
    assert.equal(desk.drags.length, 1)
  })

  await t.test('a folder is chosen by the page itself, and by nothing that is shown in it', async () => {
    const bridge = told.exposed.get('bridge') as Bridge
    desk.folders.push('/backups/nightly')
    assert.equal(await bridge.chooseFolder(), '/backups/nightly')
    assert.equal(await bridge.chooseFolder(), undefined)
    const choose = ipcMain.handlers.get('choose-folder')
    desk.folders.push('/secret')
    const frames = [null, { url: 'app://console/' }, Object.assign(webContents.mainFrame, { url: 'https://x.org/' })]
    for (const senderFrame of frames)
      await assert.rejects(async () => choose?.({ sender: webContents, senderFrame }), /Not asked by the console/)
    webContents.mainFrame.url = 'app://console/'
  })

  await t.test('the tray says the worst state, in the language that is chosen', async () => {
    const [tray] = desk.trays
    await until('the tray knows', async () => tray?.tooltip === 'No machines yet')
    await calls?.changeSettings({ language: 'zh-CN' })
    await until('the tray speaks Chinese', async () => tray?.tooltip === '还没有虚拟机')
    assert.ok(tray?.menu?.items.some(({ label }) => label === '退出 Stillpoint'))
    assert.ok(desk.menu?.items.some(({ label }) => label === '文件(&F)'))
    await calls?.createSample({ folder: path.join(scratch, 'images') })
    await until('the tray warns', async () => tray?.tooltip.startsWith('部分虚拟机未受保护') === true)
  })

  await t.test('a page that dies is loaded again', async () => {
    const before = window.loads
    webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await until('it is loaded again', async () => window.loads > before)
  })

  await t.test('a closed window leaves the console in the tray, and the next one stands where it stood', async () => {
    window.bounds = { x: 40, y: 50, width: 1000, height: 700 }
    window.emit('move')
    window.close()
    const place = path.join(home, 'window.json')
    await until('its place is kept', async () => (await readFile(place, 'utf8').catch(() => '')).includes('"x":40'))
    app.emit('second-instance')
    const next = await lastWindow(2)
    const { x, y, width, height } = next.options
    assert.deepEqual({ x, y, width, height }, { x: 40, y: 50, width: 1000, height: 700 })
    next.emit('ready-to-show')
    app.emit('second-instance')
    await until('it comes to the front', async () => next.isShown && next.focused > 0)
    assert.equal(told.windows.length, 2)
  })

  await t.test('without the tray, closing the only window ends engine and application', async () => {
    const next = await lastWindow(2)
    await calls?.changeSettings({ keepInTray: false, language: 'en' })
    await until('the shell has heard', async () => desk.trays[0]?.tooltip.startsWith('Some machines') === true)
    next.close()
    await told.hasQuit.promise
    assert.equal(desk.trays[0]?.isDestroyed, true)
    assert.deepEqual(desk.questions, [])
  })
})
