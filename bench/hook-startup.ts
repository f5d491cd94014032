// What does the hook itself cost? From process start to the first plugin's exec, and from the last
// plugin's exit to process exit, for createRuntime and postStop of a container with one port; and how much
// memory has it had while plugins run? The default chain, on a network that another container is attached
// to, whose process is gone when postStop comes. The plugins take 20 ms each, as the real ones do at the
// least, and only write down when they ran: what one takes to do so when it is called alone is subtracted.
// Sizes: VETHRA_BENCH_RUNS (default 20).
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { executable, type Host, openHost, type Ran } from '../e2e/host.ts'
import { figuresOf, reportLine } from './figures.ts'
import { type Hook, hooksOf, startInit, stateOf } from './hooks.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 20)
/** Those of the default chain. */
const types = ['bridge', 'portmap', 'firewall', 'tuning']
const events = ['createRuntime', 'poststop'] as const

const host = await openHost({ plugins: 'exec' })
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
  const alone = await calibrate(host)
  for (let run = 0; run < runs; run += 1) {
    const init = await startInit(host)
    for (const event of events) {
      if (event === 'poststop') await init.end()
      const times = await timed(host, hooks[event], { id, pid: init.pid })
      const before = times.before - alone.before
      const after = times.after - alone.after
      const between = times.between - (types.length - 1) * (alone.before + alone.after)
      note(`${event}: until first plugin`, before)
      note(`${event}: between plugins`, between)
      note(`${event}: after last plugin`, after)
      note(`${event}: in all`, before + between + after)
    }
  }
  console.log(`hook-startup: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}`)
  for (const [name, values] of samples) console.log(reportLine(name, figuresOf(values)))
  const peaks = (await readFile(`${host.folder}/peaks.txt`, 'utf8')).match(/\d+/g) ?? []
  console.log(`most memory of a hook: ${Math.round(Math.max(...peaks.map(Number)) / 1024)} MiB`)
}

// The plugin called by the same shell: until it has said that it began, and from its last word to its end.
async function calibrate(host: Host): Promise<{ before: number; after: number }> {
  const plugin = { path: `${host.folder}/plugins/${types[0]}`, args: [], env: [] }
  const times: { before: number; after: number }[] = []
  for (let run = 0; run < runs; run += 1)
    times.push(await timed(host, plugin, { id: 'alone', pid: process.pid }))
  // What callers write is not the hook's.
  await writeFile(`${host.folder}/peaks.txt`, '')
  return {
    before: figuresOf(times.map(({ before }) => before)).median,
    after: figuresOf(times.map(({ after }) => after)).median,
  }
}

async function prepare(host: Host, id: string): Promise<Record<(typeof events)[number], Hook>> {
  // What an ADD shares with others is there: the hook of a host's first container takes longer.
  const env = {
    CAP_ARGS: '{"portMappings":[{"hostPort":18081,"containerPort":80,"protocol":"tcp"}]}',
  }
  await ran(host.vethra('network', 'create', '--subnet', '10.9.0.0/24', 'lan'))
  await ran(host.run(['ip', 'netns', 'add', 'other']))
  await ran(host.run([executable, 'cni', 'add', 'lan', '/run/netns/other'], { env }))
  await mkdir(`${host.folder}/plugins`)
  const plugin = `${host.folder}/plugins/${types[0]}`
  const stamp = `${host.folder}/stamp.txt`
  const answer = '{"cniVersion":"1.0.0","interfaces":[],"ips":[{"address":"10.9.0.77/24"}]}'
  await writeFile(
    plugin,
    [
      '#!/bin/bash',
      `echo $EPOCHREALTIME >> ${stamp}`,
      `[ "$CNI_COMMAND" != ADD ] || echo '${answer}'`,
      'read -t 0.02 <> <(:) || :',
      `while read -r key value _; do [ $key != VmHWM: ] || echo $value >> ${host.folder}/peaks.txt; done < /proc/$PPID/status`,
      `echo $EPOCHREALTIME >> ${stamp}`,
    ].join('\n'),
  )
  await chmod(plugin, 0o755)
  for (const type of types.slice(1)) await copyFile(plugin, `${host.folder}/plugins/${type}`)
  const bundle = await host.bundle(id, ['sleep', '1'])
  const prepared = [
    '--cni-path',
    `${host.folder}/plugins`,
    'bundle',
    'prepare',
    bundle,
    '--id',
    id,
    '--network',
    'lan',
    '-p',
    '18080:80',
  ]
  await ran(host.vethra(...prepared))
  return hooksOf(bundle)
}

async function ran(running: Promise<Ran>): Promise<void> {
  const { exitCode, stderr } = await running
  if (exitCode !== 0) throw new Error(stderr)
}

async function timed(
  host: Host,
  hook: Hook,
  { id, pid }: { readonly id: string; readonly pid: number },
): Promise<{ before: number; between: number; after: number }> {
  const stamp = `${host.folder}/stamp.txt`
  await writeFile(stamp, '')
  const state = stateOf(host, { id, pid })
  // The shell writes down when it starts the hook and when it has ended: nsenter is not what is asked.
  const script = `echo $EPOCHREALTIME >> ${stamp}; env -i "$@" <<< '${state}' || exit 1; echo $EPOCHREALTIME >> ${stamp}`
  const argv = ['bash', '-c', script, 'bash', ...hook.env, hook.path, ...hook.args.slice(1)]
  await ran(host.run(argv))
  const times = (await readFile(stamp, 'utf8'))
    .trim()
    .split('\n')
    .map((text) => Number(text) * 1000)
  const [start = 0, first = 0] = times
  const [last = 0, end = 0] = times.slice(-2)
  // Of each plugin its first and its last word: what lies between two of them is not a plugin's.
  const gaps = times.slice(2, -2).map((time, index) => (index % 2 === 0 ? -time : time))
  return {
    before: first - start,
    between: gaps.reduce((sum, gap) => sum + gap, 0),
    after: end - last,
  }
}
