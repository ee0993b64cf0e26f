import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MenuItemConstructorOptions } from 'electron'
import { appMenu } from './menu.ts'
import { texts } from './text.ts'

type Item = MenuItemConstructorOptions

function leaves(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item) =>
    Array.isArray(item.submenu) ? leaves(item.submenu) : item.type === 'separator' ? [] : [item],
  )
}

test('every entry has a role of the system and words of ours, in both languages', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const [en, zh] = (['en', 'zh-CN'] as const).map((language) => leaves(appMenu(texts[language], platform)))
    assert.ok(en?.every(({ role, label }) => role !== undefined && label !== undefined))
    assert.deepEqual(
      en?.map(({ role }) => role),
      zh?.map(({ role }) => role),
    )
    assert.deepEqual(
      zh?.filter(({ label }) => !/[一-鿿]/.test(label ?? '')),
      [],
    )
  }
})

test('quitting lies in the menu that a person of that system looks for it in', () => {
  const quitIn = (platform: NodeJS.Platform): readonly (string | undefined)[] =>
    appMenu(texts.en, platform)
      .filter(({ submenu }) => Array.isArray(submenu) && leaves(submenu).some(({ role }) => role === 'quit'))
      .map(({ label }) => label)
  assert.deepEqual(quitIn('darwin'), ['Stillpoint'])
  assert.deepEqual(quitIn('linux'), ['&File'])
})

test('no entry opens tools for developers', () => {
  for (const platform of ['linux', 'darwin'] as const)
    assert.ok(leaves(appMenu(texts.en, platform)).every(({ role }) => role !== 'toggleDevTools'))
})
