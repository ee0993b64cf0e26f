import type { Thing } from './fake-guest.rig.ts'

export type HostileGuest = {
  readonly what: string
  readonly things: readonly Thing[]
  /** What is chosen; the root unless told otherwise. */
  readonly paths?: readonly string[]
  /** An archive of it would not end. */
  readonly isEndless?: true
}

const names: readonly string[] = [
  '..',
  '.',
  '',
  '/',
  '/etc/passwd',
  '../canary',
  '../../canary',
  '../secret/passwd',
  'a/../../canary',
  './x',
  'a/b',
  '//',
  'a\0b',
  '\0',
  '..\0',
  '\n',
  'a\r\nb',
  '\x1b[31mred',
  '\x7f',
  '\u0085',
  '\u202egnp.exe',
  'a\u200fb',
  '\u2066x\u2069',
  'CON',
  'con.txt',
  'NUL',
  'aux .c',
  'COM1',
  'com¹',
  'LPT9.log',
  'CONIN$',
  'a:b',
  'a\\b',
  '..\\..\\canary',
  'C:\\x',
  'C:',
  'trailing.',
  'trailing ',
  ' leading',
  '...',
  '. .',
  '~',
  '~root',
  '-rf',
  '--help',
  '$(touch owned)',
  '`x`',
  ';x',
  '*',
  '"',
  'x'.repeat(255),
  'x'.repeat(256),
  `${'y'.repeat(4096)}.txt`,
  '报'.repeat(86),
  '\udcff',
  '\udcc0\udcaf',
  '\udced\udcb2\udc80',
  '\ud800',
  '\udfff',
  '%2e%2e',
  '.stillpoint-0000000000000001aaaaaaaaaaaaaaaa.partial',
  '\ufeff',
]

/** The same name on a file, on a folder with something in it, and on a link: one of each, so that they also meet each other. */
function named(name: string): readonly Thing[] {
  return [
    { kind: 'file', name, text: 'file' },
    {
      kind: 'folder',
      name,
      in: [
        { kind: 'file', name: 'in', text: 'in' },
        { kind: 'folder', name, in: [] },
      ],
    },
    { kind: 'link', name, target: name },
  ]
}

const file = (name: string, text = name): Thing => ({ kind: 'file', name, text })
const folder = (name: string, ...inside: readonly Thing[]): Thing => ({ kind: 'folder', name, in: inside })
const link = (name: string, target: string | undefined): Thing => ({ kind: 'link', name, target })

function deep(levels: number): Thing {
  let thing = file('bottom')
  for (let level = 0; level < levels; level++) thing = folder('d', thing)
  return thing
}

/** Each folder shows the next one twice: walked without a memory, 2 to the power of 60 folders. */
function doubled(levels: number): readonly Thing[] {
  let inside: readonly Thing[] = [file('x')]
  for (let level = levels; level > 0; level--) {
    inside = [
      { kind: 'folder', name: 'a', ref: `level ${level}`, in: inside },
      { kind: 'again', name: 'b', ref: `level ${level}` },
    ]
  }
  return inside
}

const sized = (sizeBytes: number): Thing => ({ kind: 'file', name: 'big', text: 'x', facts: { sizeBytes } })
const timed = (modifiedAt: bigint): Thing => ({ kind: 'file', name: 't', text: 'x', facts: { modifiedAt } })

const structures: readonly HostileGuest[] = [
  { what: 'two files of one name', things: [file('f', 'one'), file('f', 'two')] },
  { what: 'a file and a folder of one name', things: [file('f'), folder('f', file('g'))] },
  { what: 'a link, then a file of its name', things: [link('f', '../../canary'), file('f')] },
  {
    what: 'a link to a folder outside, then a folder of its name',
    things: [link('d', '../../secret'), folder('d', file('passwd'))],
  },
  { what: 'a folder, then a link of its name', things: [folder('d', file('f')), link('d', '../../secret')] },
  {
    what: 'a link upwards and files under its name',
    things: [link('up', '..'), file('up/canary'), folder('up', file('canary'))],
  },
  { what: 'an absolute link', things: [link('l', '/etc/passwd'), file('l')] },
  { what: 'links in a ring', things: [link('a', 'b'), link('b', 'a'), link('self', 'self')] },
  {
    what: 'a chain of links that leads out',
    things: [link('a', 'b'), link('b', 'c'), link('c', '../../secret'), folder('a', file('passwd'))],
  },
  {
    what: 'links that no system has',
    things: [
      link('none', undefined),
      link('empty', ''),
      link('nul', 'a\0b'),
      link('long', 'x'.repeat(5000)),
      link('turned', '\u202e'),
    ],
  },
  { what: 'a link of bytes that are no text', things: [link('l', '\udcff/..')] },
  {
    what: 'a folder that contains itself',
    things: [{ kind: 'folder', name: 'd', ref: 'd', in: [{ kind: 'again', name: 'd', ref: 'd' }, file('f')] }],
  },
  { what: 'a folder that contains the root', things: [folder('d', { kind: 'again', name: 'root', ref: 'root' })] },
  {
    what: 'two folders in each other',
    things: [
      {
        kind: 'folder',
        name: 'a',
        ref: 'a',
        in: [{ kind: 'folder', name: 'b', ref: 'b', in: [{ kind: 'again', name: 'a', ref: 'a' }] }],
      },
    ],
  },
  { what: 'a tree that doubles on every level', things: doubled(60) },
  {
    what: 'a folder with two names',
    things: [
      { kind: 'folder', name: 'a', ref: 'x', in: [file('f')] },
      { kind: 'again', name: 'b', ref: 'x' },
    ],
  },
  { what: 'three hundred folders in each other', things: [deep(300)] },
  {
    what: 'devices, pipes and sockets',
    things: (['char-device', 'block-device', 'pipe', 'socket', 'other'] as const).map((kind) => ({ kind, name: kind })),
  },
  {
    what: 'a device with two names',
    things: [{ kind: 'block-device', name: 'sda', facts: { links: 2, device: { major: 8, minor: 0 } } }],
  },
  {
    what: 'set-uid, set-gid and sticky',
    things: [
      { kind: 'file', name: 'su', text: 'x', facts: { mode: 0o6755, uid: 0 } },
      { kind: 'folder', name: 'tmp', facts: { mode: 0o7777 }, in: [] },
    ],
  },
  {
    what: 'nothing may be read',
    things: [
      {
        kind: 'folder',
        name: 'd',
        facts: { mode: 0 },
        in: [{ kind: 'file', name: 'f', text: 'x', facts: { mode: 0 } }, link('l', 'f')],
      },
    ],
  },
  {
    what: 'modes of more bits than there are',
    things: [{ kind: 'file', name: 'f', text: 'x', facts: { mode: 0xffff_ffff } }],
  },
  {
    what: 'names that differ in case only',
    things: [file('A', '1'), file('a', '2'), folder('D', file('x')), folder('d', file('y'))],
  },
  { what: 'names that differ in composition only', things: [file('\u00e9', '1'), file('e\u0301', '2')] },
  { what: 'a file larger than any disk', things: [sized(2 ** 60)], isEndless: true },
  { what: 'a file of a size that is no number', things: [sized(Number.NaN), sized(-1), sized(2 ** 64), sized(1.5)] },
  { what: 'times before and after all time', things: [timed(-(2n ** 63n)), timed(2n ** 63n), timed(-1n)] },
  {
    what: 'owners that nobody has',
    things: [{ kind: 'file', name: 'f', text: 'x', facts: { uid: 2 ** 32 - 1, gid: 2 ** 32 - 1 } }],
  },
  {
    what: 'a damaged file among whole ones',
    things: [file('a'), { kind: 'file', name: 'b', text: 'bbbb', bad: true }, file('c')],
  },
  {
    what: 'a damaged list',
    things: [{ kind: 'folder', name: 'd', broken: true, in: [file('a'), file('b'), file('c'), file('d')] }],
  },
  { what: 'entries of which nothing is known', things: [{ kind: 'unknown', name: '../canary' }, file('f')] },
  { what: 'a thousand files of one name', things: Array.from({ length: 1000 }, () => file('same')) },
  {
    what: 'a file named as the report of an archive',
    things: [file('stillpoint-report.json'), { kind: 'pipe', name: 'p' }],
    paths: ['/stillpoint-report.json', '/p'],
  },
  {
    what: 'hidden streams with hostile names',
    things: [{ kind: 'file', name: 'f', text: 'x', facts: { streams: [{ name: '..\\..\\canary', sizeBytes: 1 }] } }],
  },
  {
    what: 'names of one file in folders that close',
    things: [
      {
        kind: 'folder',
        name: 'd',
        facts: { mode: 0 },
        in: [{ kind: 'file', name: 'f', ref: 'x', text: 'x', facts: { links: 3 } }],
      },
      { kind: 'again', name: '../canary', ref: 'x' },
      { kind: 'again', name: 'f', ref: 'x' },
    ],
  },
  {
    what: 'links that were chosen themselves',
    things: [link('out', '../secret/passwd'), link('way', '../way')],
    paths: ['/out', '/way'],
  },
]

/** Guests whose file systems were made to harm whoever takes something out of them. */
export const hostileGuests: readonly HostileGuest[] = [
  ...names.map((name) => ({
    what: `the name ${JSON.stringify(name.length > 60 ? `${name.slice(0, 20)}… ${name.length}` : name)}`,
    things: named(name),
  })),
  ...structures,
]
