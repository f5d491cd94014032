import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { atHome, emptyProject } from './soak-npm-home.ts'

interface Manager {
  readonly name: string
  readonly add: readonly string[]
  /** Absent where it always installs optional dependencies. */
  readonly addWithout?: readonly string[]
  readonly remove: readonly string[]
  /** Runs a command of the project. */
  readonly run: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const managers: readonly Manager[] = [
  {
    name: 'npm',
    add: ['npm', 'install', 'vethra'],
    addWithout: ['npm', 'install', '--omit=optional', 'vethra'],
    remove: ['npm', 'uninstall', 'vethra'],
    run: ['npx'],
  },
  {
    name: 'pnpm',
    add: ['pnpm', 'add', 'vethra'],
    addWithout: ['pnpm', 'add', '--no-optional', 'vethra'],
    remove: ['pnpm', 'remove', 'vethra'],
    run: ['pnpm', 'exec'],
  },
  {
    name: 'bun',
    add: ['bun', 'add', 'vethra'],
    addWithout: ['bun', 'add', '--omit=optional', 'vethra'],
    remove: ['bun', 'remove', 'vethra'],
    run: ['bun', 'x', '--no-install'],
  },
]

/** Installs Yarn, the classic one and the present one, and returns them: the present one with each of its linkers. */
async function yarns(home: string): Promise<readonly Manager[]> {
  const packages = ['yarn@1.22.22', 'yarn-now@npm:@yarnpkg/cli-dist@4.18.1']
  const folder = await emptyProject(home)
  await execa('npm', ['install', ...packages], atHome(home, folder))
  const { registry } = JSON.parse(
    (await execa('npm', ['config', 'list', '--json'], atHome(home))).stdout,
  )
  const yarn = (name: string, as: string, env: Manager['env']) => {
    const [start, program] = [process.execPath, join(folder, 'node_modules', name, 'bin/yarn.js')]
    const add = [start, program, 'add', 'vethra']
    const remove = [start, program, 'remove', 'vethra']
    return { name: as, add, remove, run: [start, program, 'run'], env: { ...env } }
  }
  const classic = yarn('yarn', 'yarn 1', {})
  const now = ['pnp', 'pnpm', 'node-modules'].map((linker) =>
    yarn('yarn-now', `yarn 4 (${linker})`, {
      YARN_NODE_LINKER: linker,
      YARN_NPM_REGISTRY_SERVER: registry.slice(0, -1),
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_TELEMETRY: '0',
      // What was published a moment ago is refused otherwise.
      YARN_NPM_MINIMAL_AGE_GATE: '0',
      // Each installation is one without a lockfile.
      YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
    }),
  )
  return [{ ...classic, addWithout: [...classic.add, '--ignore-optional'] }, ...now]
}

/** Installs, runs and removes the command by each package manager; returns their names. Throws AssertionError. */
export async function tryCommand(home: string): Promise<readonly string[]> {
  const at = atHome(home, await emptyProject(home))
  assert.equal((await execa('npx', ['--yes', 'vethra', '--version'], at)).stdout, version)
  await tryGlobal(home)
  const all = [...managers, ...(await yarns(home))]
  for (const manager of all) {
    await tryManager(home, manager)
    await tryWithout(home, manager)
  }
  return all.map(({ name }) => name)
}

async function tryGlobal(home: string): Promise<void> {
  const prefix = join(home, 'global')
  await execa('npm', ['install', '--global', '--prefix', prefix, 'vethra'], atHome(home))
  const { stdout } = await execa(join(prefix, 'bin/vethra'), ['--version'], atHome(home))
  assert.equal(stdout, version)
  await execa('npm', ['uninstall', '--global', '--prefix', prefix, 'vethra'], atHome(home))
  assert.deepEqual(await readdir(join(prefix, 'bin')), [])
}

async function tryManager(home: string, { add, run, remove, env }: Manager): Promise<void> {
  const folder = await emptyProject(home)
  // Yarn takes the folder for a part of a project above otherwise.
  if (env) await writeFile(join(folder, 'yarn.lock'), '')
  const at = atHome(home, folder)
  const call = ([program = '', ...args]: readonly string[]) =>
    execa(program, args, { ...at, env: { ...at.env, ...env }, reject: false })
  const added = await call(add)
  assert.equal(added.exitCode, 0, added.stdout + added.stderr)
  const lines = (await call([...run, 'vethra', '--version'])).stdout.split('\n')
  assert.ok(lines.includes(version), lines.join('\n'))
  const odd = await call([...run, 'vethra', "no 'such", ''])
  assert.equal(odd.exitCode, 2)
  assert.match(odd.stderr, /no 'such/)
  // Two linkers of Yarn's make no such folder: commands are started by Yarn alone.
  const vethra = join(folder, 'node_modules/.bin/vethra')
  const linker = env?.['YARN_NODE_LINKER']
  if (linker !== 'pnp' && linker !== 'pnpm') await tryDirectly(vethra, home)
  assert.equal((await call(remove)).exitCode, 0)
  const left = (await readdir(folder, { recursive: true })).filter((path) =>
    path.endsWith('/bin/vethra'),
  )
  assert.deepEqual([existsSync(vethra), left], [false, []])
}

async function tryDirectly(vethra: string, home: string): Promise<void> {
  const odd = await execa(vethra, ["no 'such\n$HOME", ''], { ...atHome(home), reject: false })
  assert.equal(odd.exitCode, 2)
  assert.match(odd.stderr, /no 'such\\n\$HOME/)
  await trySignal(vethra, home)
}

// The command's process has become the executable, so that every signal is the executable's.
async function trySignal(vethra: string, home: string): Promise<void> {
  const options = { ...atHome(home), reject: false } as const
  const events = execa(vethra, ['--data-root', join(home, 'data'), 'events'], options)
  let exe = ''
  for (let tries = 0; !exe.endsWith('/bin/vethra') && tries < 100; tries += 1) {
    await setTimeout(20)
    exe = await readlink(`/proc/${events.pid}/exe`)
  }
  assert.match(exe, /@vethra\/cli-linux-\w+\/bin\/vethra$/)
  events.kill('SIGTERM')
  assert.equal((await events).signal, 'SIGTERM')
}

async function tryWithout(home: string, { addWithout }: Manager): Promise<void> {
  if (!addWithout) return
  const folder = await emptyProject(home)
  const options = { ...atHome(home, folder), reject: false } as const
  const [program = '', ...args] = addWithout
  assert.equal((await execa(program, args, options)).exitCode, 0)
  const ran = await execa(join(folder, 'node_modules/.bin/vethra'), ['--version'], options)
  assert.equal(ran.exitCode, 1)
  assert.match(
    ran.stderr,
    /^error: package @vethra\/cli-linux-\w+ is missing.*\n {2}hint: .*--omit=optional/,
  )
}
