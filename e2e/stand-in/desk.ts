import { EventEmitter } from 'node:events'

/** The part of the stand-in that is a desktop's: what is shown beside windows, what is asked, and what keeps secrets. */
type Item = { readonly label?: string; readonly role?: string; readonly enabled?: boolean; click?(): void }
type Words = { readonly title: string; readonly body: string }
type Question = { readonly message: string; readonly buttons: readonly string[]; readonly cancelId: number }

export type Drag = { readonly file: string; readonly files: readonly string[]; readonly icon: Image }

/** What was shown and asked, for tests to look at, and what they answer. */
export const desk = {
  trays: [] as Tray[],
  menu: undefined as Menu | undefined,
  notes: [] as Words[],
  questions: [] as Question[],
  /** Buttons to press, in order; without one a question is put away. */
  answers: [] as number[],
  /** Folders to choose, in order; without one the dialog is cancelled. */
  folders: [] as string[],
  secretStore: 'gnome_libsecret',
  /** What pages began to drag out, in order. */
  drags: [] as Drag[],
}

export class Menu {
  readonly items: readonly Item[]
  constructor(items: readonly Item[]) {
    this.items = items
  }
  static buildFromTemplate(items: readonly Item[]): Menu {
    return new Menu(items)
  }
  static setApplicationMenu(menu: Menu): void {
    desk.menu = menu
  }
}

type Image = { readonly png: Buffer; addRepresentation(other: { readonly buffer: Buffer }): void }

export const nativeImage = {
  createFromBuffer: (png: Buffer): Image => ({ png, addRepresentation: () => undefined }),
}

export class Tray extends EventEmitter {
  image: Image
  tooltip = ''
  menu: Menu | undefined
  isDestroyed = false
  constructor(image: Image) {
    super()
    this.image = image
    desk.trays.push(this)
  }
  setImage(image: Image): void {
    this.image = image
  }
  setToolTip(tooltip: string): void {
    this.tooltip = tooltip
  }
  setContextMenu(menu: Menu): void {
    this.menu = menu
  }
  destroy(): void {
    this.isDestroyed = true
  }
}

export class Notification extends EventEmitter {
  readonly words: Words
  constructor(words: Words) {
    super()
    this.words = words
  }
  static isSupported(): boolean {
    return true
  }
  show(): void {
    desk.notes.push(this.words)
  }
}

export const dialog = {
  async showMessageBox(question: Question): Promise<{ readonly response: number }> {
    desk.questions.push(question)
    return { response: desk.answers.shift() ?? question.cancelId }
  },
  async showOpenDialog(): Promise<{ readonly canceled: boolean; readonly filePaths: readonly string[] }> {
    const folder = desk.folders.shift()
    return { canceled: folder === undefined, filePaths: folder === undefined ? [] : [folder] }
  },
}

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
}

export const powerMonitor = new EventEmitter()

/** Seals by turning the text around. */
export const safeStorage = {
  getSelectedStorageBackend: () => desk.secretStore,
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (plain: string) => Buffer.from([...plain].reverse().join('')),
  decryptStringAsync: async (sealed: Buffer) => ({
    result: [...sealed.toString()].reverse().join(''),
    shouldReEncrypt: false,
  }),
}
