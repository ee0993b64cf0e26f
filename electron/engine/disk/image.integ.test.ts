import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { diskFormats } from '../../../shared/machine.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { systemClock } from '../base/clock.ts'
import { run, start } from '../base/run.ts'
import { assertAllocationHolds, readWhole, writableDiskSuite } from './disk.suite.ts'
import { total } from './extents.ts'
import { createImage, imageInfo, openImage } from './image.ts'

const signal = new AbortController().signal
const folder = await mkdtemp(path.join(tmpdir(), 'stillpoint-image-'))
after(() => rm(folder, { recursive: true, force: true }))

let lastFile = 0
function newFile(): string {
  return path.join(folder, `--image ${++lastFile},"x":'y'`)
}

for (const format of diskFormats) {
  writableDiskSuite(format, (sizeBytes) => createImage(newFile(), format, sizeBytes, signal))

  test(`${format}: what was written and flushed is there when the image is opened again, for reading only`, async () => {
    const file = newFile()
    const content = Buffer.alloc(3 * MiB)
    content.fill('stillpoint', 64 * KiB, 200 * KiB)
    content.fill('end', content.length - 512)
    {
      await using disk = await createImage(file, format, content.length, signal)
      await disk.write(64 * KiB, content.subarray(64 * KiB, 200 * KiB), signal)
      await disk.write(content.length - 512, content.subarray(-512), signal)
      await disk.flush(signal)
    }
    await using again = await openImage(file, format, {}, signal)
    assert.ok((await readWhole(again)).equals(content))
    await assertAllocationHolds(again, content)
    await assert.rejects(again.write(0, content.subarray(0, 512), signal), { code: 'target-failed' })
    await assert.rejects(again.zero(0, 512, signal), { code: 'target-failed' })
    assert.equal((await imageInfo(file, format, signal)).sizeBytes, content.length)
  })

  test(`${format}: an image can be changed in place`, async () => {
    const file = newFile()
    await (await createImage(file, format, MiB, signal))[Symbol.asyncDispose]()
    {
      await using disk = await openImage(file, format, { writable: true }, signal)
      await disk.write(0, Buffer.alloc(512 * KiB, 7), signal)
      await disk.zero(128 * KiB, 128 * KiB, signal)
      await disk.flush(signal)
    }
    const expected = Buffer.concat([Buffer.alloc(128 * KiB, 7), Buffer.alloc(128 * KiB), Buffer.alloc(256 * KiB, 7)])
    await using again = await openImage(file, format, {}, signal)
    assert.ok((await readWhole(again)).equals(Buffer.concat([expected, Buffer.alloc(512 * KiB)])))
  })

  test(`${format}: creating never touches a file that is already there`, async () => {
    const file = newFile()
    await writeFile(file, 'precious')
    await assert.rejects(createImage(file, format, MiB, signal), { code: 'target-exists' })
    await using left = await openImage(file, 'raw', {}, signal)
    assert.equal((await readWhole(left)).toString(), 'precious')
  })
}

test('a raw image of holes with one page of data is told as that page', async () => {
  const file = newFile()
  {
    await using disk = await createImage(file, 'raw', 64 * MiB, signal)
    await disk.write(8 * MiB, Buffer.alloc(64 * KiB, 1), signal)
    await disk.flush(signal)
  }
  await using again = await openImage(file, 'raw', {}, signal)
  assert.ok(total(await again.allocated(signal)) <= 128 * KiB)
})

test('a raw image that does not end with a sector keeps its length, whoever reads or writes its end', async () => {
  const file = newFile()
  await writeFile(file, Buffer.alloc(1000, 1))
  {
    await using disk = await openImage(file, 'raw', { writable: true }, signal)
    assert.equal(disk.sizeBytes, 1000)
    await disk.write(990, Buffer.alloc(10, 2), signal)
    await assert.rejects(disk.write(1000, Buffer.alloc(1), signal), RangeError)
    await disk.flush(signal)
  }
  assert.deepEqual(await readFile(file), Buffer.concat([Buffer.alloc(990, 1), Buffer.alloc(10, 2)]))
  await using again = await openImage(file, 'raw', {}, signal)
  assert.deepEqual(await again.allocated(signal), [{ start: 0, end: 1000 }])
})

test('a bitmap of a machine that is off names what changed since, through the same door', async () => {
  const file = newFile()
  await (await createImage(file, 'qcow2', 16 * MiB, signal))[Symbol.asyncDispose]()
  await run('qemu-img', ['bitmap', '--add', '-f', 'qcow2', '--', file, 'sp-1'], {}, signal)
  {
    await using disk = await openImage(file, 'qcow2', { writable: true }, signal)
    await disk.write(3 * MiB, Buffer.alloc(512, 1), signal)
    await disk.write(9 * MiB, Buffer.alloc(70 * KiB, 1), signal)
    await disk.flush(signal)
  }
  await using disk = await openImage(file, 'qcow2', { bitmap: 'sp-1' }, signal)
  assert.deepEqual(await disk.dirty('qemu:dirty-bitmap:sp-1', signal), [
    { start: 3 * MiB, end: 3 * MiB + 64 * KiB },
    { start: 9 * MiB, end: 9 * MiB + 128 * KiB },
  ])
  assert.equal((await disk.blockStatus('base:allocation', signal)).at(-1)?.end, 16 * MiB)
  await assert.rejects(openImage(file, 'qcow2', { bitmap: 'sp-2' }, signal), { code: 'disk-unreadable' })
})

test('a chain is read through exactly the images that the caller names', async () => {
  const [base, top, decoy] = [newFile(), newFile(), newFile()]
  {
    await using disk = await createImage(base, 'raw', MiB, signal)
    await disk.write(0, Buffer.alloc(4096, 1), signal)
  }
  {
    await using disk = await createImage(decoy, 'raw', MiB, signal)
    await disk.write(0, Buffer.alloc(4096, 9), signal)
  }
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', decoy, '--', top], {}, signal)
  {
    await using disk = await openImage(
      top,
      'qcow2',
      { writable: true, backing: [{ path: base, format: 'raw' }] },
      signal,
    )
    await disk.write(64 * KiB, Buffer.alloc(4096, 2), signal)
    await disk.flush(signal)
  }
  await using disk = await openImage(top, 'qcow2', { backing: [{ path: base, format: 'raw' }] }, signal)
  const content = await readWhole(disk)
  assert.equal(content[0], 1)
  assert.equal(content[64 * KiB], 2)
  await assert.rejects(openImage(base, 'raw', { backing: [{ path: top, format: 'qcow2' }] }, signal), {
    code: 'disk-unsupported',
  })
})

/** A machine that is paused before its first instruction holds its disk like any running one. */
async function runMachine(file: string, format: string): Promise<AsyncDisposable> {
  const drive = `file=${file.replaceAll(',', ',,')},format=${format},if=virtio`
  const ready = `${file}.pid`
  const args = ['-S', '-nodefaults', '-display', 'none', '-m', '16', '-drive', drive, '-pidfile', ready]
  const machine = await start('qemu-system-x86_64', args, signal)
  const bounded = AbortSignal.timeout(30_000)
  while ((await stat(ready).catch(() => undefined)) === undefined) await systemClock.sleep(20, bounded)
  return machine
}

test('what a running machine holds is busy, except a raw image for reading', async () => {
  for (const [format, writable] of [
    ['raw', true],
    ['qcow2', true],
    ['qcow2', false],
  ] as const) {
    const file = newFile()
    await (await createImage(file, format, MiB, signal))[Symbol.asyncDispose]()
    await using _ = await runMachine(file, format)
    await assert.rejects(openImage(file, format, { writable }, signal), { code: 'machine-busy' })
  }
})

test('formats that know holes tell an untouched image as empty', async () => {
  for (const format of ['raw', 'qcow2', 'vmdk', 'vdi'] as const) {
    await using disk = await createImage(newFile(), format, 16 * MiB, signal)
    assert.deepEqual(await disk.allocated(signal), [], format)
  }
})

test('without QEMU raw images are read and made all the same, and the others say what is missing', async () => {
  const [raw, qcow2] = [newFile(), newFile()]
  await (await createImage(qcow2, 'qcow2', MiB, signal))[Symbol.asyncDispose]()
  const { PATH } = process.env
  process.env['PATH'] = folder
  try {
    await using disk = await createImage(raw, 'raw', MiB, signal)
    await disk.write(0, Buffer.alloc(512, 1), signal)
    assert.deepEqual(await disk.allocated(signal), [{ start: 0, end: MiB }])
    assert.equal((await readWhole(disk))[511], 1)
    assert.equal((await imageInfo(qcow2, 'qcow2', signal)).sizeBytes, MiB)
    await assert.rejects(openImage(qcow2, 'qcow2', {}, signal), { code: 'tool-missing', message: /qemu-nbd/ })
    await assert.rejects(createImage(newFile(), 'vdi', MiB, signal), { code: 'tool-missing', message: /qemu-img/ })
  } finally {
    process.env['PATH'] = PATH
  }
})

test('an image that cannot be made leaves nothing', async () => {
  const file = newFile()
  await assert.rejects(createImage(file, 'vhdx', 2 ** 48, signal), { code: 'target-failed' })
  await assert.rejects(createImage(file, 'raw', 2 ** 62, signal), { code: 'target-failed' })
  await assert.rejects(stat(file), { code: 'ENOENT' })
})

test('no socket folder and no server is left after all that', async () => {
  const before = new Set(await readdir(tmpdir()))
  const file = newFile()
  {
    await using disk = await createImage(file, 'qcow2', MiB, signal)
    await disk.flush(signal)
  }
  await assert.rejects(openImage(file, 'qcow2', { bitmap: 'none' }, signal))
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('stillpoint-nbd-') && !before.has(name))
  assert.deepEqual(left, [])
})
