import { MiB } from '../../../../shared/units.ts'
import { encodePng } from './png.ts'
import type { Entry } from './tree.ts'

const goods = ['kettle', 'lamp', 'chair', 'teapot', 'umbrella', 'notebook', 'clock', 'basket', 'blanket', 'mirror']
const daySeconds = 24 * 60 * 60
const logBytes = 6 * MiB

/**
 * What lies on the sample: a small shop's server with its configuration, orders, pictures, papers in Chinese and a log of
 * 6 MiB. The same seed and time give the same bytes.
 */
export function shopTree(seed: number, nowSeconds: number): readonly Entry[] {
  const random = randomNumbers(seed)
  const daysAgo = (days: number) => nowSeconds - days * daySeconds - Math.floor(random() * daySeconds)
  const text = (name: string, days: number, content: string): Entry => file(name, daysAgo(days), Buffer.from(content))
  const folder = (name: string, ...entries: readonly Entry[]): Entry => ({
    kind: 'folder',
    name,
    mode: 0o755,
    modifiedAt: Math.max(...entries.map((entry) => entry.modifiedAt)),
    entries,
  })
  return [
    folder(
      'etc',
      text('fstab', 400, 'LABEL=sample-shop / ext4 defaults 0 1\n'),
      text('hostname', 400, 'sample-shop\n'),
      text('shop.conf', 12, '[shop]\nname = Sample Shop\nport = 8080\ncurrency = CNY\nlanguages = zh, en\n'),
    ),
    folder(
      'home',
      folder(
        'admin',
        text('notes.txt', 3, 'Call the printer about the labels.\nMove last year’s orders to the archive.\n'),
        folder(
          '文档',
          text('发票说明.txt', 20, '发票每月五日前开具，抬头以客户登记的名称为准。\n'),
          text(
            '库存盘点（第三季度）.csv',
            50,
            `商品,数量\n${goods.map((good, at) => `${good},${at * 7 + 3}`).join('\n')}\n`,
          ),
        ),
      ),
    ),
    folder(
      'srv',
      folder(
        'shop',
        folder('orders', ...orders(random, daysAgo)),
        folder('pictures', ...pictures(random, daysAgo)),
        folder('a', folder('rather', folder('deeply', folder('nested', text('place.txt', 90, 'You found it.\n'))))),
        { kind: 'link', name: 'latest-orders', modifiedAt: daysAgo(1), target: 'orders/month-12.csv' },
      ),
    ),
    folder('var', folder('log', file('shop.log', nowSeconds - 60, log(random, nowSeconds)))),
  ]
}

function file(name: string, modifiedAt: number, bytes: Uint8Array): Entry {
  return { kind: 'file', name, mode: 0o644, modifiedAt, bytes }
}

function orders(random: () => number, daysAgo: (days: number) => number): readonly Entry[] {
  return Array.from({ length: 12 }, (_month, at) => {
    const lines = Array.from({ length: 400 }, (_line, order) => `${at + 1},${order},${orderLine(random)}`)
    const name = `month-${String(at + 1).padStart(2, '0')}.csv`
    return file(name, daysAgo((12 - at) * 30), Buffer.from(`month,order,article,pieces,price\n${lines.join('\n')}\n`))
  })
}

function pictures(random: () => number, daysAgo: (days: number) => number): readonly Entry[] {
  return goods.map((good) => {
    const [red, green, blue] = [random(), random(), random()].map((part) => part * 200)
    const shade = (part: number | undefined, light: number) => Math.min(255, Math.round((part ?? 0) + light))
    const picture = encodePng(96, 96, (x, y) => {
      const light = Math.hypot(x - 48, y - 48) < 36 ? 55 : (x ^ y) / 4
      return [shade(red, light), shade(green, light), shade(blue, light)]
    })
    return file(`${good}.png`, daysAgo(200), picture)
  })
}

function log(random: () => number, nowSeconds: number): Uint8Array {
  const bytes = Buffer.alloc(logBytes)
  for (let at = 0, line = 0; at < logBytes; line++) {
    const time = new Date((nowSeconds - 30 * daySeconds + line * 30) * 1000).toISOString()
    at += bytes.write(`${time} order ${Math.floor(random() * 1e9)} ${orderLine(random)}\n`, at)
  }
  return bytes
}

function orderLine(random: () => number): string {
  const good = goods[Math.floor(random() * goods.length)]
  return `${good},${1 + Math.floor(random() * 9)},${(random() * 500).toFixed(2)}`
}

/** Numbers in [0, 1) by a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
