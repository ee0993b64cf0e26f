import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire, registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { connect, type Port } from '../shared/wire.ts'
import { isPrevented, session, told } from './stand-in/electron.ts'

/**
 * The built main process, preload and engine (`npm run build` first) on a stand-in for the `electron` module: their wiring,
 * their refusals and their end. Electron itself is not part of this test.
 */
const dist = path.join(import.meta.dirname, '..', 'dist')
const standIn = new URL('./stand-in/electron.ts', import.meta.url).href

registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: standIn, shortCircuit: true, format: 'module-typescript' } : next(name, context),
})

async function ask(url: string): Promise<Response> {
  const handler = session.defaultSession.handlers.get('app')
  assert.ok(handler !== undefined)
  return handler(new Request(url))
}

test('the desktop console serves its page, refuses the rest, reaches the engine and ends with it', async (t) => {
  const home = await mkdtemp(path.join(tmpdir(), 'stillpoint-desktop-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  process.env['XDG_DATA_HOME'] = home
  await import(path.join(dist, 'main.js'))
  const [window] = told.windows
  assert.ok(window !== undefined, 'no window was opened')

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

  await t.test('no other page, window or permission is granted', () => {
    const { webContents } = window
    assert.deepEqual(webContents.openHandler({ url: 'https://example.org/' }), { action: 'deny' })
    assert.equal(isPrevented(webContents, 'will-navigate', { url: 'https://example.org/' }), true)
    assert.equal(isPrevented(webContents, 'will-navigate', { url: 'app://console/#/hosts' }), false)
    assert.equal(isPrevented(webContents, 'will-navigate', { url: 'app://elsewhere/' }), true)
    assert.equal(isPrevented(webContents, 'will-attach-webview'), true)
    const granted = ['media', 'geolocation', 'notifications', 'clipboard-read', 'clipboard-sanitized-write'].filter(
      (each) => session.defaultSession.check(undefined, each),
    )
    assert.deepEqual(granted, ['clipboard-sanitized-write'])
  })

  await t.test('what the page posts before its port has come is answered by the engine', async () => {
    createRequire(import.meta.url)(path.join(dist, 'preload.cjs'))
    assert.deepEqual([...told.exposed.keys()], ['bridge'])
    const { calls } = connect<AbortSignal>(told.exposed.get('bridge') as Port)
    const hosts = calls.listHosts(null)
    window.webContents.emit('did-finish-load')
    assert.deepEqual(await hosts, [])
    await assert.rejects(calls.showRun({ runId: 'f'.repeat(32) }), { code: 'run-not-found' })
  })

  await t.test('closing the only window ends engine and application', async () => {
    window.emit('closed')
    const { app } = await import('./stand-in/electron.ts')
    app.emit('window-all-closed')
    await told.hasQuit.promise
  })
})
