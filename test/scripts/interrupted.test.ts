import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {type Box, cutsOf, makeBox, type Outcome, smallSource, snapshot} from './box.ts'

/** Runs the script again on each of these, two at a time. */
const goOn = async (
  boxes: readonly Box[],
  args: readonly string[],
  check: (outcome: Outcome, box: Box) => void,
): Promise<void> => {
  const waiting = [...boxes]
  const work = async () => {
    for (let box = waiting.pop(); box; box = waiting.pop()) {
      check(await box.setUp(args), box)
      rmSync(box.root, {recursive: true})
    }
  }
  await Promise.all([work(), work()])
}

type Snapshot = Readonly<Record<string, string>>

const differences = (one: Snapshot, other: Snapshot): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => one[name] !== other[name],
  )

/** A box with a release, and a study of it. */
const boxWithStudy = async (t: TestContext): Promise<Box> => {
  const box = makeBox(t)
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(status, 0, stderr)
  box.write('var/lib/simmer/studies/one/snapshot-1.json', 'old')
  box.write('var/lib/simmer/auth.json', 'old keys')
  box.write('var/lib/simmer/lock', '1')
  return box
}

test('a first set-up that was cut off at any point is finished by the next run', async (t) => {
  const args = ['--yes', '--source', smallSource(t)]
  const box = makeBox(t)
  const cuts = await cutsOf(t, box, args)
  assert.ok(cuts.length > 30, `${cuts.length} points`)
  const whole = snapshot(box.root)
  await goOn(cuts, args, ({status, stderr}, cut) => {
    assert.equal(status, 0, stderr)
    assert.deepEqual(differences(snapshot(cut.root), whole), [])
    assert.ok(cut.is('enabled') && cut.is('active'))
  })
})

test('an update that was cut off at any point is finished by the next run', async (t) => {
  const box = await boxWithStudy(t)
  const args = ['--yes', '--source', smallSource(t, '// migrates\n')]
  const cuts = await cutsOf(t, box, args)
  assert.ok(cuts.length > 8, `${cuts.length} points`)
  const whole = snapshot(box.root)
  assert.equal(box.read('var/lib/simmer/studies/one/snapshot-1.json'), 'migrated\n')
  await goOn(cuts, args, ({status, stderr}, cut) => {
    assert.equal(status, 0, stderr)
    // The folder of the source is another one only where the cut came before it was noted.
    assert.deepEqual(differences(snapshot(cut.root), whole), [])
    assert.ok(cut.is('enabled') && cut.is('active'))
  })
})

test('a roll-back that was cut off at any point is finished by the next run', async (t) => {
  const box = await boxWithStudy(t)
  const args = ['--yes', '--source', smallSource(t, '// migrates, broken\n')]
  // Up to there it is the update above.
  const cuts = (await cutsOf(t, box, args)).filter(
    (cut) => cut.has('opt/simmer/rolled-back.new') || cut.has('opt/simmer/rolled-back'),
  )
  assert.ok(cuts.length > 8, `${cuts.length} points`)
  const whole = snapshot(box.root)
  await goOn(cuts, args, ({status, stderr}, cut) => {
    assert.equal(status, 1, stderr)
    assert.match(stderr, /does not come up/)
    assert.deepEqual(differences(snapshot(cut.root), whole), [])
    assert.equal(cut.read('var/lib/simmer/studies/one/snapshot-1.json'), 'old')
    assert.ok(cut.is('enabled') && cut.is('active'))
  })
})

test('a run that was killed leaves nothing enabled, no lock, and is finished by the next', async (t) => {
  const box = makeBox(t)
  const args = ['--yes', '--source', smallSource(t)]
  const killed = await box.setUp(args, {
    KILL_BEFORE: 'node /opt/simmer/releases/.new/scripts/build',
  })
  assert.equal(killed.status, null)
  assert.ok(!box.is('enabled'))
  assert.ok(!box.has('opt/simmer/current'))
  const {status, stderr} = await box.setUp(args)
  assert.equal(status, 0, stderr)
  assert.ok(box.is('active'))
  assert.ok(!box.has(join('opt/simmer', 'unfinished')))
})
