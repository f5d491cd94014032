// What does the hook itself cost? From process start to the first plugin's exec, and from the last
// plugin's exit to process exit, for createRuntime and postStop, with the environment that bundles
// carry and without it. The plugin only writes down when it ran.
// Sizes: VETHRA_BENCH_RUNS (default 20).
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { type Host, openHost } from '../e2e/host.ts'
import { figuresOf, reportLine } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 20)
const events = ['createRuntime', 'poststop'] as const

interface Hook {
  readonly path: string
  readonly args: readonly string[]
  readonly env: readonly string[]
}

const host = await openHost()
try {
  await bench(host)
} finally {
  await host.close()
}

async function bench(host: Host): Promise<void> {
  const id = `bench-${host.tag}`
  const hooks = await prepare(host, id)
  const samples = new Map<string, number[]>()
  const note = (name: string, value: number) =>
    samples.set(name, [...(samples.get(name) ?? []), value])
  for (let run = 0; run < runs; run += 1) {
    for (const env of ['bundle', 'plain'] as const) {
      for (const event of events) {
        const { before, after } = await timed(host, hooks[event], env, id)
        note(`${event}, ${env} env: until first plugin`, before)
        note(`${event}, ${env} env: after last plugin`, after)
      }
    }
  }
  console.log(`hook-startup: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}`)
  for (const [name, values] of samples) console.log(reportLine(name, figuresOf(values)))
}

async function prepare(host: Host, id: string): Promise<Record<(typeof events)[number], Hook>> {
  const plugin = `${host.folder}/stamp`
  const stamp = `${host.folder}/stamp.txt`
  const answer = '{"cniVersion":"1.0.0","interfaces":[],"ips":[{"address":"10.9.0.2/24"}]}'
  await writeFile(
    plugin,
    `#!/bin/bash\necho $EPOCHREALTIME >> ${stamp}\n[ "$CNI_COMMAND" = ADD ] && echo '${answer}'\necho $EPOCHREALTIME >> ${stamp}\nexit 0\n`,
  )
  await chmod(plugin, 0o755)
  const list = '{"cniVersion":"1.0.0","name":"stamped","plugins":[{"type":"stamp"}]}'
  await host.run(['sh', '-c', 'mkdir -p /etc/cni/net.d; cat > /etc/cni/net.d/stamped.conflist'], {
    input: list,
  })
  const bundle = await host.bundle(id, ['sleep', '1'])
  const prepared = [
    '--cni-path',
    host.folder,
    'bundle',
    'prepare',
    bundle,
    '--id',
    id,
    '--network',
    'stamped',
  ]
  const ran = await host.vethra(...prepared)
  if (ran.exitCode !== 0) throw new Error(ran.stderr)
  const { hooks } = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
  return { createRuntime: hooks.createRuntime[0], poststop: hooks.poststop[0] }
}

async function timed(
  host: Host,
  hook: Hook,
  env: 'bundle' | 'plain',
  id: string,
): Promise<{ before: number; after: number }> {
  const stamp = `${host.folder}/stamp.txt`
  await writeFile(stamp, '')
  const variables = hook.env.filter((each) => env === 'bundle' || !each.startsWith('BUN_'))
  const state = JSON.stringify({
    ociVersion: '1.0.2',
    id,
    status: 'creating',
    pid: process.pid,
    bundle: host.folder,
  })
  // The shell writes down when it starts the hook and when it has ended: nsenter is not what is asked.
  const script = `echo $EPOCHREALTIME >> ${stamp}; env -i "$@" <<< '${state}' || exit 1; echo $EPOCHREALTIME >> ${stamp}`
  const argv = ['bash', '-c', script, 'bash', ...variables, hook.path, ...hook.args.slice(1)]
  const ran = await host.run(argv)
  if (ran.exitCode !== 0) throw new Error(ran.stderr)
  const times = (await readFile(stamp, 'utf8'))
    .trim()
    .split('\n')
    .map((text) => Number(text) * 1000)
  const [start = 0, first = 0] = times
  const [last = 0, end = 0] = times.slice(-2)
  return { before: first - start, after: end - last }
}
