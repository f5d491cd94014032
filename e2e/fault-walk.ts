import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failingPlugins, type PluginFault } from './failing-plugins.ts'
import { executable, openHost, type Ran } from './host.ts'
import { removeFreeLocks, type Snapshot } from './snapshot.ts'

/** The hooks of config.json that faults are put into. */
type FaultyHook = 'createRuntime' | 'poststop'

/** A host on which one container has come and gone, and a bundle that is started on it again and again. */
export interface FaultWalk {
  /**
   * Starts and deletes a container with VETHRA_FAULT in the environment of one of its hooks, then has it
   * forgotten. Throws when anything of the container is left.
   */
  run(hook: FaultyHook, fault: string): Promise<FaultRun>
  /**
   * Starts and deletes a container whose postStop is killed before it did anything, and has it forgotten
   * by a command with VETHRA_FAULT, and then once more. Throws as `run` does.
   */
  remove(fault: string): Promise<FaultRun>
  /** The same with a plugin that fails, in whichever hook calls it. */
  fail(fault: PluginFault): Promise<FaultRun>
  close(): Promise<void>
}

/** What came of one start with a fault. */
export interface FaultRun {
  /** Whether the container started and was deleted without a complaint. */
  readonly untouched: boolean
  /** The step that the hook was killed at; empty when it was not. */
  readonly step: string
}

/** Makes the host. `plugins`: whether they run in the hooks' own processes. */
export async function openFaultWalk(plugins: 'native' | 'exec'): Promise<FaultWalk> {
  const host = await openHost({ plugins })
  const failing = await failingPlugins(host)
  await demand(host.vethra('network', 'create', 'lan', '--ipv6'), 'network create')
  const id = `web-${host.tag}`
  const bundle = await host.bundle(id, ['sleep', '600'])
  const file = join(bundle, 'config.json')
  const original = await readFile(file, 'utf8')

  const prepare = async (flags: readonly string[], hook: FaultyHook, fault: string) => {
    await writeFile(file, original)
    const asked = ['--id', id, '--name', 'shop', '--network', 'lan', '-p', '8080:80']
    await demand(host.vethra(...flags, 'bundle', 'prepare', bundle, ...asked), 'bundle prepare')
    const config = JSON.parse(await readFile(file, 'utf8'))
    config.hooks[hook][0].env.push(`VETHRA_FAULT=${fault}`)
    await writeFile(file, JSON.stringify(config))
  }

  const comeAndGo = async (what: string): Promise<FaultRun> => {
    const started = await host.start(bundle, id)
    const stopped = await host.stop(id)
    await failing.choose('')
    const said = `${started.stderr}${stopped.stderr}`
    await demand(host.vethra('bundle', 'rm', id), `bundle rm after ${what}: ${said}`)
    return { untouched: started.exitCode === 0 && said === '', step: stepIn(said) }
  }

  const removedTwice = async (fault: string): Promise<FaultRun> => {
    await demand(host.start(bundle, id), 'start')
    await host.stop(id)
    const argv = [executable, 'bundle', 'rm', id]
    const { stderr } = await host.run(argv, { env: { VETHRA_FAULT: fault } })
    const again = await host.vethra('bundle', 'rm', id)
    if (!again.stderr.includes('no such container')) await demand(Promise.resolve(again), 'rm')
    return { untouched: stderr === '', step: stepIn(stderr) }
  }

  await prepare([], 'createRuntime', '')
  await comeAndGo('nothing')
  const before = await host.snapshot()
  const compared = async (what: string): Promise<FaultRun> => {
    const run = await comeAndGo(what)
    demandEqual(await host.snapshot(), before, `${what}: ${run.step}`)
    return run
  }
  return {
    async run(hook, fault) {
      await prepare([], hook, fault)
      return compared(`${hook} with ${fault}`)
    },
    async remove(fault) {
      await prepare([], 'poststop', 'kill:3')
      const run = await removedTwice(fault)
      await host.run(removeFreeLocks)
      demandEqual(await host.snapshot(), before, `bundle rm with ${fault}: ${run.step}`)
      return run
    },
    async fail(fault) {
      await prepare(['--cni-path', failing.path], 'createRuntime', '')
      await failing.choose(fault)
      return compared(fault)
    },
    close: () => host.close(),
  }
}

function stepIn(said: string): string {
  return /fault: (killed at step .*?)(\\n|\n|"|$)/.exec(said)?.[1] ?? ''
}

async function demand(running: Promise<Ran>, what: string): Promise<void> {
  const { exitCode, stderr, stdout } = await running
  if (exitCode !== 0) throw new Error(`${what}: ${exitCode} ${stderr}${stdout}`)
}

function demandEqual(now: Snapshot, before: Snapshot, when: string): void {
  for (const key of ['links', 'rules', 'files', 'processes'] as const) {
    const more = now[key].filter((each) => !before[key].includes(each)).map((each) => `+ ${each}`)
    const less = before[key].filter((each) => !now[key].includes(each)).map((each) => `- ${each}`)
    const difference = [...more, ...less].join('\n')
    if (difference !== '') throw new Error(`${when} left other ${key}:\n${difference}`)
  }
}
