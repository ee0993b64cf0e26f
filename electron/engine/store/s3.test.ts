import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../../../shared/failure.ts'
import type { S3Address } from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import { reportFault, reportPlanted } from '../proof/rows.ts'
import { chaosProxy } from './chaos-proxy.rig.ts'
import type { Plant } from './plant.ts'
import { openS3Store, type S3Options } from './s3.ts'
import { type Instead, listXml, refuse, type S3Double, s3Double, sendXml } from './s3-double.rig.ts'
import { probeS3 } from './s3-probe.ts'
import { storeSuite } from './store.suite.ts'
import type { Store } from './store.ts'
import { Throttle } from './throttle.ts'

const signal = new AbortController().signal
const credentials = { accessKeyId: 'key', secretAccessKey: 'canary-secret' }
const hello = new TextEncoder().encode('hello, bucket')

/** Twenty times as fast as the world, so that waiting for a store takes no time. */
const fastClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now() * 20,
  sleep: (ms, until) => delay(ms / 20, undefined, { signal: until }),
}

function addressOf({ endpoint, bucket }: Pick<S3Double, 'endpoint' | 'bucket'>): S3Address {
  return { kind: 's3', endpoint, region: 'us-east-1', bucket, prefix: '', pathStyle: true }
}

function optionsOf(double: Pick<S3Double, 'endpoint' | 'bucket'>): S3Options {
  return { address: addressOf(double), credentials, clock: fastClock, patienceMs: 10_000, idleMs: 150 }
}

storeSuite('S3 double', async () => {
  const double = await s3Double()
  const store = await openS3Store({ ...optionsOf(double), idleMs: 10_000 }, signal)
  return Object.assign(Object.create(store) as Store, {
    ...bound(store),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await double[Symbol.asyncDispose]()
    },
  })
})

function bound(store: Store): Omit<Store, keyof AsyncDisposable> {
  return {
    title: store.title,
    locks: store.locks,
    put: (...args) => store.put(...args),
    create: (...args) => store.create(...args),
    get: (...args) => store.get(...args),
    getRange: (...args) => store.getRange(...args),
    stat: (...args) => store.stat(...args),
    list: (...args) => store.list(...args),
    space: (...args) => store.space(...args),
    secure: (...args) => store.secure(...args),
    remove: (...args) => store.remove(...args),
  }
}

const get = (store: Store): Promise<unknown> => store.get('a', signal)
const range = (store: Store): Promise<unknown> => store.getRange('a', 2, 4, signal)
const stat = (store: Store): Promise<unknown> => store.stat('a', signal)
const put = (store: Store): Promise<unknown> => store.put('new', hello, signal)
const create = (store: Store): Promise<unknown> => store.create('new', hello, signal)
const remove = (store: Store): Promise<unknown> => store.remove('a', signal)
const list = async (store: Store, prefix = ''): Promise<unknown> => {
  const names: string[] = []
  for await (const { name } of store.list(prefix, signal)) names.push(name)
  return names
}

const etag = '"00000000000000000000000000000000"'
const reply =
  (status: number, headers: Record<string, string | number>, body: string | Uint8Array = ''): Instead =>
  (_, response) => {
    response.writeHead(status, headers).end(body)
    return true
  }
const xml =
  (status: number, text: string): Instead =>
  (_, response) =>
    sendXml(response, status, text)
const refusal =
  (status: number, code: string): Instead =>
  (_, response) =>
    refuse(response, status, code)
const only =
  (method: string, instead: Instead): Instead =>
  (request, response) =>
    request.method === method && instead(request, response)
const bomb = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(1000)}">]><ListBucketResult><Name>&b;</Name></ListBucketResult>`
const isVersioning = (query: URLSearchParams): boolean => query.has('versioning') || query.has('object-lock')

type Hostile = readonly [what: string, call: (store: Store) => Promise<unknown>, instead: Instead, code: string]

/** Answers that nobody should give, and what a call must fail with. */
const hostile: readonly Hostile[] = [
  [
    'a body shorter than its length',
    get,
    only('GET', (_, response) => {
      response.writeHead(200, { etag, 'content-length': 13 }).write('hell')
      setTimeout(() => response.destroy(), 5)
      return true
    }),
    'repository-unreachable',
  ],
  [
    'a body that never ends',
    get,
    only('GET', (_, response) => {
      response.writeHead(200, { etag, 'content-length': 13 }).write('hell')
      return true
    }),
    'repository-unreachable',
  ],
  ['no answer at all', get, () => true, 'repository-unreachable'],
  [
    'headers that never end',
    get,
    (_, response) => {
      response.socket?.write('HTTP/1.1 200 OK\r\nx-a')
      return true
    },
    'repository-unreachable',
  ],
  [
    'a connection that is closed',
    get,
    (_, response) => {
      response.destroy()
      return true
    },
    'repository-unreachable',
  ],
  [
    'something that is no HTTP',
    get,
    (_, response) => {
      response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')
      return true
    },
    'repository-unreachable',
  ],
  ['headers without measure', get, reply(200, { 'x-long': 'x'.repeat(100_000) }), 'repository-unreachable'],
  [
    'a wrong checksum',
    get,
    reply(200, { etag, 'content-length': 4, 'x-amz-checksum-sha256': 'AAAA' }, 'hell'),
    'object-damaged',
  ],
  ['an object without a tag', get, reply(200, { 'content-length': 4 }, 'hell'), 'repository-unreachable'],
  [
    'a page of a proxy',
    get,
    reply(200, { 'content-type': 'text/html' }, '<html>Sign in</html>'),
    'repository-unreachable',
  ],
  ['a length beyond all measure', get, reply(200, { etag, 'content-length': 2 ** 40 }), 'repository-unreachable'],
  [
    'a compressed body',
    get,
    reply(200, { etag, 'content-length': 4, 'content-encoding': 'gzip' }, 'hell'),
    'repository-unreachable',
  ],
  [
    'a body without a length',
    get,
    reply(200, { etag, 'transfer-encoding': 'chunked' }, 'hell'),
    'repository-unreachable',
  ],
  [
    'the whole for a range',
    range,
    reply(200, { etag, 'content-length': 13 }, 'hello, bucket'),
    'repository-unreachable',
  ],
  [
    'another range',
    range,
    reply(206, { etag, 'content-length': 4, 'content-range': 'bytes 3-6/13' }, 'lo, '),
    'repository-unreachable',
  ],
  [
    'a longer range',
    range,
    reply(206, { etag, 'content-length': 5, 'content-range': 'bytes 2-6/13' }, 'llo, '),
    'repository-unreachable',
  ],
  [
    'a shorter range',
    range,
    reply(206, { etag, 'content-length': 2, 'content-range': 'bytes 2-3/4' }, 'll'),
    'object-damaged',
  ],
  [
    'a range whose length lies',
    range,
    reply(206, { etag, 'content-length': 2, 'content-range': 'bytes 2-5/13' }, 'll'),
    'repository-unreachable',
  ],
  [
    'a range that makes no sense',
    range,
    reply(206, { etag, 'content-length': 4, 'content-range': 'bytes x' }, 'llo,'),
    'repository-unreachable',
  ],
  ['a range beyond the end', range, refusal(416, 'InvalidRange'), 'object-damaged'],
  ['a redirect to elsewhere', get, reply(307, { location: 'http://127.0.0.1:1/bucket/a' }), 'repository-unreachable'],
  ['a redirect for good', get, refusal(301, 'PermanentRedirect'), 'repository-unreachable'],
  ['another region', get, refusal(400, 'AuthorizationHeaderMalformed'), 'repository-unreachable'],
  ['a wrong secret', get, refusal(403, 'SignatureDoesNotMatch'), 'credentials-refused'],
  ['an unknown key', get, refusal(403, 'InvalidAccessKeyId'), 'credentials-refused'],
  ['a token that has ended', get, refusal(400, 'ExpiredToken'), 'credentials-refused'],
  ['a refusal without words', stat, reply(403, {}), 'credentials-refused'],
  ['a clock that is wrong', get, refusal(403, 'RequestTimeTooSkewed'), 'clock-skewed'],
  ['no bucket', get, refusal(404, 'NoSuchBucket'), 'repository-unreachable'],
  ['no bucket, without words', stat, reply(404, {}), 'repository-unreachable'],
  [
    'a page that says not found',
    get,
    (request, response) => request.key !== '' && (reply(404, {}, '<!doctype html>')(request, response) as boolean),
    'object-missing',
  ],
  ['500 for ever', get, refusal(500, 'InternalError'), 'repository-unreachable'],
  ['503 for ever', put, refusal(503, 'SlowDown'), 'repository-unreachable'],
  ['503 as a page', get, reply(503, {}, '<!doctype html><html>Bad</html>'), 'repository-unreachable'],
  ['501', put, refusal(501, 'NotImplemented'), 'store-unsuitable'],
  ['a full store', put, refusal(507, 'InsufficientStorage'), 'no-space'],
  ['a quota', put, refusal(403, 'QuotaExceeded'), 'no-space'],
  [
    'an upload that was damaged on the way each time',
    put,
    only('PUT', refusal(400, 'XAmzContentSHA256Mismatch')),
    'repository-unreachable',
  ],
  ['an upload that nobody knows afterwards', put, only('PUT', reply(200, { etag })), 'repository-unreachable'],
  ['an upload that is kept shorter', put, only('HEAD', reply(200, { etag, 'content-length': 3 })), 'object-damaged'],
  [
    'an upload that is kept with another sum',
    put,
    only('HEAD', reply(200, { etag, 'content-length': 13, 'x-amz-checksum-sha256': 'AAAA' })),
    'object-damaged',
  ],
  [
    'an upload that ends in an error with 200',
    put,
    only('PUT', xml(200, '<Error><Code>InternalError</Code></Error>')),
    'repository-unreachable',
  ],
  [
    'a conflict that does not end',
    create,
    only('PUT', refusal(409, 'ConditionalRequestConflict')),
    'repository-unreachable',
  ],
  [
    'an error for a list, with 200',
    list,
    xml(200, '<Error><Code>InternalError</Code></Error>'),
    'repository-unreachable',
  ],
  ['a list of another bucket', list, xml(200, listXml('other', '')), 'repository-unreachable'],
  [
    'a list of other keys',
    (store) => list(store, 'packs/'),
    xml(200, listXml('bucket', '<Contents><Key>etc</Key></Contents>')),
    'repository-unreachable',
  ],
  ['broken XML', list, xml(200, '<ListBucketResult><Name>bucket'), 'repository-unreachable'],
  ['entities that grow', list, xml(200, bomb), 'repository-unreachable'],
  [
    'a list without end',
    list,
    (_, response) => {
      sendXml(response, 200, listXml('bucket', '<Contents><Key>a</Key></Contents>'.repeat(400_000)))
      return true
    },
    'repository-unreachable',
  ],
  [
    'a list that goes in circles',
    list,
    xml(
      200,
      `<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>`,
    ),
    'repository-unreachable',
  ],
  ['a removal that is refused', remove, only('DELETE', refusal(403, 'AccessDenied')), 'credentials-refused'],
  [
    'a removal of what is locked',
    remove,
    only('DELETE', xml(403, '<Error><Code>AccessDenied</Code><Message>protected by object lock</Message></Error>')),
    'object-locked',
  ],
  ['a removal that does nothing', remove, only('DELETE', reply(204, {})), 'repository-unreachable'],
]

for (const [what, call, instead, code] of hostile) {
  test(`an S3 store that answers ${what} is ${code}, soon, and never wrong bytes`, async () => {
    await using double = await s3Double()
    double.objects.set('a', hello)
    await using store = await openS3Store(optionsOf(double), signal)
    double.instead = (request, response) => !isVersioning(request.query) && instead(request, response)
    await assert.rejects(call(store), (thrown) => {
      assert.ok(thrown instanceof Failure, String(thrown))
      assert.equal(thrown.code, code, thrown.message)
      assert.ok(!`${thrown.stack}`.includes(credentials.secretAccessKey))
      return true
    })
  })
}

test('at least fifty hostile answers are played', () => {
  assert.ok(hostile.length >= 50, `${hostile.length}`)
})

test('names that are not ours are left out of a list', async () => {
  await using double = await s3Double()
  for (const key of ['a', 'b/../c', '.hidden', 'probe/x/y', 'canary/lock']) double.objects.set(key, hello)
  await using store = await openS3Store(optionsOf(double), signal)
  assert.deepEqual(await list(store), ['a'])
})

test('a store without SHA-256 and without MD5 in its tags is read back whole', async () => {
  await using double = await s3Double()
  await using store = await openS3Store(optionsOf(double), signal)
  const blind = only('HEAD', (request, response) => {
    const held = double.objects.get(request.key)
    return (
      held !== undefined && (reply(200, { etag: '"1-2"', 'content-length': held.length })(request, response) as boolean)
    )
  })
  double.instead = blind
  await store.put('new', hello, signal)
  assert.equal(double.requests.filter(({ method }) => method === 'GET').length, 3)
  double.objects.set('other', new TextEncoder().encode('hello, basket'))
  await assert.rejects(store.put('other', hello, signal), { code: 'object-conflict' })
})

test('plain http goes to this machine alone, and an address is nothing but an address', async () => {
  for (const endpoint of [
    'http://10.0.0.1:80',
    'http://example.com',
    'ftp://localhost',
    'https://user:pass@host',
    'https://host/path',
    'host',
  ]) {
    const address = addressOf({ endpoint, bucket: 'bucket' })
    await assert.rejects(
      openS3Store({ address, credentials, clock: fastClock }, signal),
      { code: 'invalid-argument' },
      endpoint,
    )
  }
})

test('opening what is not there fails soon, and an abort ends any waiting at once', async () => {
  const nowhere = optionsOf({ endpoint: 'http://127.0.0.1:1', bucket: 'bucket' })
  await assert.rejects(openS3Store(nowhere, signal), { code: 'repository-unreachable' })
  await using double = await s3Double()
  await using store = await openS3Store({ ...optionsOf(double), idleMs: 60_000, patienceMs: 1e9 }, signal)
  double.instead = () => true
  const enough = new AbortController()
  const waiting = [
    store.get('a', enough.signal),
    store.put('a', hello, enough.signal),
    store.remove('a', enough.signal),
  ]
  while (double.requests.length < 5) await delay(5)
  enough.abort(new Error('enough'))
  for (const each of waiting) await assert.rejects(each, { message: 'enough' })
})

for (const [kind, fails] of [
  ['reset', (proxy: Awaited<ReturnType<typeof chaosProxy>>) => proxy.set({ kind: 'reset' })],
  ['black hole', (proxy: Awaited<ReturnType<typeof chaosProxy>>) => proxy.set({ kind: 'black-hole' })],
] as const) {
  test(`a put goes on through a ${kind}, and asks one cheap question at a time while it lasts`, async () => {
    await using double = await s3Double()
    await using proxy = await chaosProxy(double.port)
    await using store = await openS3Store(
      { ...optionsOf({ ...double, endpoint: `http://127.0.0.1:${proxy.port}` }), patienceMs: 1e6 },
      signal,
    )
    fails(proxy)
    const before = proxy.seen.connections
    const puts = Array.from({ length: 20 }, (_, index) => store.put(`packs/${index}`, hello, signal))
    await Promise.race([delay(1000), Promise.all(puts)])
    assert.equal(double.objects.size, 0)
    // Eight puts at a time try once; then one question every five seconds of the fast clock.
    assert.ok(proxy.seen.connections - before <= 8 + 24, `${proxy.seen.connections - before} connections`)
    proxy.set({ kind: 'none' })
    await Promise.all(puts)
    reportFault({
      fault: 'F11',
      phase: 'put',
      what: kind,
      ran: 20,
      bad: 20 - double.objects.size,
      suite: import.meta.url,
    })
    assert.equal(double.objects.size, 20)
  })
}

test('the question whether a store is up carries nothing: no body, no signature, no name', async () => {
  await using double = await s3Double()
  await using store = await openS3Store(optionsOf(double), signal)
  let failures = 1
  double.instead = only('PUT', (_, response) => failures-- > 0 && refuse(response, 503, 'SlowDown'))
  await store.put('packs/secret-name', hello, signal)
  const asked = double.requests.filter(({ method, key }) => method === 'HEAD' && key === '')
  assert.equal(asked.length, 1)
  assert.deepEqual([asked[0]?.body.length, asked[0]?.query.size, asked[0]?.headers.authorization], [0, 0, undefined])
})

test('after a lost reply a put succeeds, and create says that the object is there', async () => {
  await using double = await s3Double()
  await using proxy = await chaosProxy(double.port, (head) => head.startsWith('PUT'))
  await using store = await openS3Store(
    { ...optionsOf({ ...double, endpoint: `http://127.0.0.1:${proxy.port}` }) },
    signal,
  )
  proxy.set({ kind: 'lose-replies', count: 1 })
  await store.put('a', hello, signal)
  proxy.set({ kind: 'lose-replies', count: 1 })
  const made = await store.create('b', hello, signal)
  const isGood = proxy.seen.repliesLost === 2 && !made && double.objects.size === 2
  reportFault({ fault: 'F11', phase: 'put', what: 'replies lost', ran: 2, bad: isGood ? 0 : 2, suite: import.meta.url })
  assert.equal(proxy.seen.repliesLost, 2)
  assert.equal(made, false)
  assert.deepEqual(double.objects.get('a'), Buffer.from(hello))
})

test('a slow line is no failure as long as bytes flow', async () => {
  await using double = await s3Double()
  await using proxy = await chaosProxy(double.port)
  const endpoint = `http://127.0.0.1:${proxy.port}`
  await using store = await openS3Store(
    { ...optionsOf({ ...double, endpoint }), clock: { ...fastClock, elapsed: () => 0 } },
    signal,
  )
  double.objects.set('a', new Uint8Array(6000))
  proxy.set({ kind: 'slow', bytesPerSecond: 8000 })
  assert.equal((await store.get('a', signal)).length, 6000)
  assert.equal(double.requests.filter(({ method, key }) => method === 'GET' && key === 'a').length, 1)
})

test('bytes are sent no faster than the rate, and not at all while paused', async () => {
  await using double = await s3Double()
  const slept: number[] = []
  let elapsed = 0
  const clock: Clock = {
    now: () => Date.now(),
    elapsed: () => elapsed,
    async sleep(ms) {
      slept.push(ms)
      elapsed += ms
      await delay(0)
    },
  }
  const throttle = new Throttle(clock, 10_000)
  await using store = await openS3Store({ ...optionsOf(double), clock, throttle, idleMs: 10_000 }, signal)
  await store.put('a', new Uint8Array(50_000), signal)
  assert.ok(elapsed >= 4000 && elapsed <= 5000, `${elapsed} ms for 50 kB`)
  throttle.setRate(undefined)
  throttle.pause()
  const before = double.requests.length
  const paused = store.put('b', new Uint8Array(50_000), signal)
  await delay(50)
  assert.equal(double.requests.length, before)
  throttle.resume()
  await paused
  assert.ok(double.objects.has('b'))
})

test('a probe tells a store that lets several create one object, and one that refuses a wrong checksum', async () => {
  await using double = await s3Double()
  const careless = only('PUT', ({ key, body }, response) => {
    double.objects.set(key, body)
    return reply(200, { etag })({} as never, response) as boolean
  })
  double.instead = careless
  assert.equal((await probeS3(optionsOf(double), signal)).exclusive, false)
  double.instead = ({ method, headers, body }, response) => {
    const told = headers['x-amz-checksum-sha256']
    const isWrong = method === 'PUT' && told !== createHash('sha256').update(body).digest('base64')
    return isWrong && refuse(response, 400, 'BadDigest')
  }
  const { at, skewMs, ...probe } = await probeS3(optionsOf(double), signal)
  const expected = {
    exclusive: true,
    checksum: 'refused',
    versioning: 'off',
    lock: 'none',
    listing: true,
    removal: true,
  }
  assert.deepEqual(probe, expected)
  assert.ok(at > 0 && Math.abs(skewMs) < 10_000)
})

test('a probe with credentials that may only add says so, and one that may do nothing fails', async () => {
  await using double = await s3Double()
  double.instead = only('DELETE', refusal(403, 'AccessDenied'))
  assert.equal((await probeS3(optionsOf(double), signal)).removal, false)
  double.instead = only('PUT', refusal(403, 'AccessDenied'))
  await assert.rejects(probeS3(optionsOf(double), signal), { code: 'credentials-refused' })
})

test('a probe tells by how much the store’s clock is off', async () => {
  await using double = await s3Double()
  double.instead = (_, response) => {
    response.setHeader('date', new Date(Date.now() + 3 * 60 * 60 * 1000).toUTCString())
    return false
  }
  const { skewMs } = await probeS3(optionsOf(double), signal)
  assert.ok(Math.abs(skewMs - 3 * 60 * 60 * 1000) < 10_000, `${skewMs}`)
})

async function isRefused(plant: Plant | undefined, instead: (double: S3Double) => Instead): Promise<boolean> {
  await using double = await s3Double()
  const plants = plant === undefined ? {} : { plants: new Set([plant]) }
  await using store = await openS3Store({ ...optionsOf(double), ...plants }, signal)
  double.instead = instead(double)
  const refused = await store.put('new', hello, signal).then(
    () => false,
    (thrown: unknown) => thrown instanceof Failure,
  )
  const held = double.objects.get('new')
  return refused || (held !== undefined && Buffer.compare(held, hello) === 0)
}

/** Takes an upload in and keeps other bytes of it, once. */
const keepsOthers = (double: S3Double): Instead =>
  only('PUT', ({ key }, response) => {
    double.objects.set(key, new TextEncoder().encode('hello, basket'))
    return reply(200, { etag })({} as never, response) as boolean
  })

test('an upload that the store keeps otherwise than it was sent never counts; without reading back it would', async () => {
  assert.ok(await isRefused(undefined, keepsOthers))
  const isCaught = !(await isRefused('no-readback', keepsOthers))
  reportPlanted({ bug: 'no-readback', isCaught, suite: import.meta.url })
  assert.ok(isCaught)
})

test('an upload that is tried again sends the same bytes; the planted bug that sends others is seen', async () => {
  const bodies = async (plants: ReadonlySet<Plant>): Promise<number> => {
    await using double = await s3Double()
    await using store = await openS3Store({ ...optionsOf(double), plants }, signal)
    let failures = 2
    double.instead = only('PUT', (_, response) => failures-- > 0 && (refusal(503, 'SlowDown')(_, response) as boolean))
    await store.put('new', hello, signal).catch(() => {})
    const sent = double.requests.filter(({ method }) => method === 'PUT')
    assert.equal(sent.length, 3)
    return new Set(sent.map(({ body }) => Buffer.from(body).toString('hex'))).size
  }
  assert.equal(await bodies(new Set()), 1)
  const isCaught = (await bodies(new Set(['retry-reseals']))) > 1
  reportPlanted({ bug: 'retry-reseals', isCaught, suite: import.meta.url })
  assert.ok(isCaught)
})
