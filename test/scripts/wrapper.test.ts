/** The command `simmer` that the set-up installs: as the service's user, with the service's settings. */
import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {run} from './box.ts'

const original = join(projectRoot(), 'scripts/setup/simmer.sh')

/** Calls the command on a box below a folder, as that user; answers with how it was run and with what. */
const callAs = async (
  t: TestContext,
  user: string,
  args: readonly string[],
  settings?: string,
): Promise<readonly string[]> => {
  const root = temporaryFolder(t)
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), {recursive: true})
    writeFileSync(join(root, path), text, {mode: 0o755})
  }
  const rooted = (text: string) => text.replace(/\/(opt|etc|var)\//g, `${root}/$1/`)
  write('simmer', rooted(readFileSync(original, 'utf8')))
  write(
    'opt/simmer/node/bin/node',
    '#!/bin/sh\nfor word in "$@"; do echo "word $word"; done\nenv | sort\n',
  )
  write('programs/id', `#!/bin/sh\necho ${user}\n`)
  for (const name of ['sudo', 'runuser']) {
    write(`programs/${name}`, `#!/bin/sh\necho "${name} $1 $2 $3"\nshift 3\nexec "$@"\n`)
  }
  if (settings !== undefined) write('etc/simmer/simmer.env', settings)
  const {status, stdout, stderr} = await run('/bin/sh', [join(root, 'simmer'), ...args], {
    PATH: `${join(root, 'programs')}:/usr/bin:/bin`,
    HOME: '/home/somebody',
  })
  assert.equal(status, 0, stderr)
  return stdout
    .replaceAll(root, '')
    .split('\n')
    .filter((line) => !/^(PATH|PWD|OLDPWD|SHLVL|_)=|^$/.test(line))
}

const settings = `# Settings
#SIMMER_PORT=1
SIMMER_PORT=9000
SIMMER_SHUTDOWN_COMMAND=systemctl poweroff
QUOTED="two  words"
SIMMER_HOST=10.0.0.7
not a setting
STAR=*
`

test('anybody runs the command line as the service’s user, with its home and its settings', async (t) => {
  assert.deepEqual(
    await callAs(t, 'somebody', ['study', 'list', '--name', 'two words'], settings),
    [
      'sudo -u simmer --',
      'word /opt/simmer/current/bin/simmer.js',
      'word study',
      'word list',
      'word --name',
      'word two words',
      'HOME=/var/lib/simmer',
      'NODE_ENV=production',
      'QUOTED=two  words',
      'SIMMER_HOME=/var/lib/simmer',
      'SIMMER_HOST=10.0.0.7',
      'SIMMER_PORT=9000',
      'SIMMER_SHUTDOWN_COMMAND=systemctl poweroff',
      'STAR=*',
    ],
  )
})

test('root needs no sudo, and the service’s user needs nothing', async (t) => {
  assert.equal((await callAs(t, 'root', ['pair']))[0], 'runuser -u simmer --')
  assert.deepEqual(await callAs(t, 'simmer', ['pair']), [
    'word /opt/simmer/current/bin/simmer.js',
    'word pair',
    'HOME=/var/lib/simmer',
    'NODE_ENV=production',
    'SIMMER_HOME=/var/lib/simmer',
    'SIMMER_HOST=0.0.0.0',
  ])
})

test('an update, and only that, is run as root', async (t) => {
  assert.equal((await callAs(t, 'somebody', ['update']))[0], 'sudo -u root --')
  const asRoot = await callAs(t, 'root', ['update'])
  assert.equal(asRoot[0], 'word /opt/simmer/current/bin/simmer.js')
  assert.ok(asRoot.includes('HOME=/home/somebody'))
  assert.equal((await callAs(t, 'root', ['study', 'update']))[0], 'runuser -u simmer --')
})
