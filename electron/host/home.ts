import { homedir } from 'node:os'
import path from 'node:path'

/** Where this person's programs keep their state, by the custom of each system. */
export function defaultHome(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Stillpoint')
  if (platform === 'win32') {
    return path.join(environment['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'Stillpoint')
  }
  const data = environment['XDG_DATA_HOME']
  // The XDG specification: a relative path is invalid and is to be ignored.
  return path.join(
    data !== undefined && path.isAbsolute(data) ? data : path.join(homedir(), '.local', 'share'),
    'stillpoint',
  )
}
