import { readFileSync } from 'node:fs'

/**
 * Threads and child processes cannot be started from inside Electron's archive. What they need is packed beside it, in the
 * folder that Electron's packagers name so; elsewhere the place stays as it is.
 */
export function outsideArchive(place: URL): URL {
  return new URL(place.href.replace('/app.asar/', '/app.asar.unpacked/'))
}

/** The version in `package.json`: at the top from source, above the bundles' folder in a build and in a package. */
export function ownVersion(): string {
  const place = import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json'
  const { version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { readonly version: string }
  return version
}
