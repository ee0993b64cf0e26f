import type { IncomingMessage } from 'node:http'
import type { Refusal } from './guard.ts'

const limitBytes = 1024 * 1024

/** A request's JSON, or why it is refused. Nothing beyond the limit is ever kept. */
export async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | Refusal> {
  if (request.headers['content-type'] !== 'application/json' || request.headers['content-encoding'] !== undefined) {
    return { status: 415, reason: 'JSON is wanted' }
  }
  const text = await readText(request)
  if (text === undefined) return { status: 413, reason: 'Too long' }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { status: 400, reason: 'Not JSON' }
  }
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return undefined
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > limitBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
