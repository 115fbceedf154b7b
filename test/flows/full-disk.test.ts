import assert from 'node:assert/strict'
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {freePort} from '../fixtures/free-port.ts'
import {projectRoot} from '../fixtures/project.ts'
import {serveOnSmallDisk, whyNoSmallDisk} from '../fixtures/small-disk.ts'

const why = whyNoSmallDisk()
const where = {skip: why ?? false}

const ask = async (port: number, path: string, body?: object) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...(body ? {method: 'POST', body: JSON.stringify(body)} : {}),
    headers: {'content-type': 'application/json'},
  })
  return answer.text()
}

const untilPageSays = async (port: number, words: RegExp): Promise<string> => {
  for (;;) {
    const page = await ask(port, '/')
    if (words.test(page)) return page
    await sleep(100)
  }
}

test(
  'on a disk that fills up work stops and the page says why; with room again the daemon ends, to be started anew',
  where,
  async (t) => {
    const port = await freePort()
    const disk = serveOnSmallDisk(t, {megabytes: 32, port})
    await disk.simmer.says('Simmer is at')
    const measuring = join(projectRoot(), 'test/fixtures/measuring-program.mjs')
    await ask(port, '/api/v1/studies', {
      name: 'fills',
      command: `node ${measuring} --slow`,
      space: {x: {uniform: [0, 10]}},
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {trials: 1000},
    })
    await untilPageSays(port, /Training trial|trial 1/)
    const filler = join(disk.folder(), 'filler')
    assert.throws(() => writeFileSync(filler, Buffer.alloc(64e6)), /ENOSPC/)
    const page = await untilPageSays(port, /Work has stopped/)
    assert.match(
      page,
      /nothing more can be recorded: .*Free some space.*by itself where it is a service/,
    )
    assert.equal(await ask(port, '/healthz'), '{"status":"ok"}')

    rmSync(filler)
    const {code, stderr} = await disk.simmer.ended
    assert.equal(code, 1, stderr)
    assert.match(
      stderr,
      /Work has stopped, and the disk takes files: ending, to be started anew\.\n$/,
    )
  },
)

test(
  'on a full disk the daemon does not start, says why, and may be tried again',
  where,
  async (t) => {
    const disk = serveOnSmallDisk(t, {
      megabytes: 1,
      port: await freePort(),
      before: 'head -c 2000000 /dev/zero >filler 2>/dev/null || true',
    })
    const {code, stderr} = await disk.simmer.ended
    assert.equal(code, 1, stderr)
    assert.match(
      stderr,
      /^error: Expected the disk of .* to take files, .*ENOSPC.*Free some space.*\n$/,
    )
  },
)

test(
  'on a disk that is read-only it does not start, says why, and may be tried again',
  where,
  async (t) => {
    const disk = serveOnSmallDisk(t, {
      megabytes: 1,
      port: await freePort(),
      before: 'cd / && mount -o remount,ro "$SIMMER_HOME"',
    })
    const {code, stderr} = await disk.simmer.ended
    assert.equal(code, 1, stderr)
    assert.match(stderr, /^error: Expected the disk of .* to take files, .*EROFS.*is failing.*\n$/)
  },
)
