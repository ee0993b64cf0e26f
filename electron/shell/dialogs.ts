import { BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain } from 'electron'
import type { KeyPlace } from './key-sealer.ts'
import { isPage } from './page-protocol.ts'
import type { Texts } from './text.ts'

/** The page's one question beside the contract. Only the page itself, in its own frame, is answered. */
export function answerFolderQuestions(words: () => Texts): void {
  ipcMain.handle('choose-folder', async (event) => {
    const window = BrowserWindow.fromWebContents(event.sender)
    if (window === null || !isFromPage(event)) throw new Error('Not asked by the console')
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: words().chooseFolder,
      properties: ['openDirectory', 'createDirectory'],
    })
    return canceled ? undefined : filePaths[0]
  })
}

/** Only the page itself, in its own frame, is answered. */
export function isFromPage({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isPage(senderFrame.url)
}

/** Asked before the window opens; putting the question away answers nothing. */
export async function askKeyPlace(words: Texts): Promise<KeyPlace | undefined> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Stillpoint',
    message: words.keysQuestion,
    detail: words.keysDetail,
    buttons: [words.keysInFiles, words.keysInMemory],
    defaultId: 1,
    cancelId: 2,
    noLink: true,
  })
  return (['files', 'memory'] as const)[response]
}

/** Answers whether the runs under way may be cancelled. */
export async function askToQuit(runs: number, words: Texts): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Stillpoint',
    message: words.quitQuestion(runs),
    detail: words.quitDetail,
    buttons: [words.keepRunning, words.cancelAndQuit],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response === 1
}
