import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What virsh prints, trimmed; rejects with its words. Only for tests: a second opinion beside our own client. */
export async function virsh(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('virsh', ['--quiet', '--connect', 'qemu:///system', ...args], {
    maxBuffer: 64 << 20,
    env: { ...process.env, LC_ALL: 'C' },
  })
  return stdout.trim()
}
