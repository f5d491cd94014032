import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { atHome, emptyProject } from './soak-npm-home.ts'

interface Manager {
  readonly name: string
  readonly add: readonly string[]
  readonly addWithout: readonly string[]
  readonly remove: readonly string[]
  /** Runs a command of the project. */
  readonly run: readonly string[]
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

/** Installs, runs and removes the command by each package manager; returns their names. Throws AssertionError. */
export async function tryCommand(home: string): Promise<readonly string[]> {
  const at = atHome(home, await emptyProject(home))
  assert.equal((await execa('npx', ['--yes', 'vethra', '--version'], at)).stdout, version)
  await tryGlobal(home)
  for (const manager of managers) {
    await tryManager(home, manager)
    await tryWithout(home, manager)
  }
  return managers.map(({ name }) => name)
}

async function tryGlobal(home: string): Promise<void> {
  const prefix = join(home, 'global')
  await execa('npm', ['install', '--global', '--prefix', prefix, 'vethra'], atHome(home))
  const { stdout } = await execa(join(prefix, 'bin/vethra'), ['--version'], atHome(home))
  assert.equal(stdout, version)
  await execa('npm', ['uninstall', '--global', '--prefix', prefix, 'vethra'], atHome(home))
  assert.deepEqual(await readdir(join(prefix, 'bin')), [])
}

async function tryManager(home: string, { add, run, remove }: Manager): Promise<void> {
  const folder = await emptyProject(home)
  const at = atHome(home, folder)
  const call = ([program = '', ...args]: readonly string[]) =>
    execa(program, args, { ...at, reject: false })
  assert.equal((await call(add)).exitCode, 0)
  assert.equal((await call([...run, 'vethra', '--version'])).stdout, version)
  const vethra = join(folder, 'node_modules/.bin/vethra')
  const odd = await call([vethra, "no 'such\n$HOME", ''])
  assert.equal(odd.exitCode, 2)
  assert.match(odd.stderr, /no 'such\\n\$HOME/)
  await trySignal(vethra, home)
  assert.equal((await call(remove)).exitCode, 0)
  const executable = join(folder, 'node_modules/@vethra', `cli-linux-${process.arch}`)
  assert.deepEqual([existsSync(vethra), existsSync(executable)], [false, false])
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
