// What do our plugins as executables cost, against Debian's, called by one runtime as libcni calls them? The default chain
// with one port, ADD and DEL through `vethra --plugins exec cni`, in turn, with 1 and 200 containers attached; then VERSION of
// a plugin against an empty bun program. Sizes: VETHRA_BENCH_RUNS (default 15), VETHRA_BENCH_BESIDE (1,200).

import { join } from 'node:path'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'
import { emptyProgram } from './empty.ts'
import { figuresOf, reportLine } from './figures.ts'
import { installed } from './installed.ts'
import { timed } from './timed.ts'

const sizes = (name: string, fallback: string) =>
  (process.env[name] ?? fallback).split(',').map(Number)
const [runs = 15] = sizes('VETHRA_BENCH_RUNS', '15')
const own = '/run/plugins'
const sides = [
  { name: 'theirs', path: plugins },
  { name: 'ours', path: own },
] as const
type Side = (typeof sides)[number]

console.log(`plugin set: ${runs} runs each`)
for (const beside of sizes('VETHRA_BENCH_BESIDE', '1,200')) {
  // A host each: rules of one side cost the other nothing.
  const hosts = await Promise.all(sides.map(() => openHost({ plugins: 'exec' })))
  try {
    await compare(hosts, beside)
  } finally {
    for (const host of hosts) await host.close()
  }
}
const host = await openHost()
try {
  await compareVersions(host)
} finally {
  await host.close()
}

async function compare(hosts: readonly Host[], beside: number): Promise<void> {
  console.log(`${beside} attached:`)
  const samples = new Map<string, number[]>()
  const places = sides.map((side, at) => ({ side, host: hosts[at] as Host }))
  for (const { side, host } of places) await fill(host, side, beside)
  for (let run = 0; run < runs; run += 1) {
    for (const { side, host } of places) {
      for (const operation of ['add', 'del'] as const) {
        const key = `${operation.toUpperCase()} ${side.name}`
        const elapsed = await call(host, side, operation, { netns: 'measured', hostPort: 8080 })
        samples.set(key, [...(samples.get(key) ?? []), elapsed])
      }
    }
  }
  for (const operation of ['ADD', 'DEL']) {
    const theirs = figuresOf(samples.get(`${operation} theirs`) ?? [])
    console.log(reportLine(`${operation} theirs`, theirs))
    console.log(
      reportLine(`${operation} ours`, figuresOf(samples.get(`${operation} ours`) ?? []), theirs),
    )
  }
}

async function fill(host: Host, side: Side, beside: number): Promise<void> {
  await host.run([executable, 'plugin', 'install', own])
  await host.vethra('network', 'create', '--subnet', '10.90.0.0/16', 'lan')
  await host.run(['ip', 'netns', 'add', 'measured'])
  for (let index = 0; index < beside; index += 1) {
    const netns = `beside${index}`
    await host.run(['ip', 'netns', 'add', netns])
    await call(host, side, 'add', { netns, hostPort: 20_000 + index })
  }
}

async function call(
  host: Host,
  { path }: Side,
  operation: 'add' | 'del',
  { netns, hostPort }: { readonly netns: string; readonly hostPort: number },
): Promise<number> {
  const mapping = { hostPort, containerPort: 80, protocol: 'tcp' }
  const env = { CNI_PATH: path, CAP_ARGS: JSON.stringify({ portMappings: [mapping] }) }
  return timed(host, [executable, 'cni', operation, 'lan', `/run/netns/${netns}`], { env })
}

async function compareVersions(host: Host): Promise<void> {
  const program = installed(executable, join(host.folder, 'vethra'))
  await host.run([program, 'plugin', 'install', own])
  const empty = await emptyProgram(host.folder)
  const asked = {
    env: { CNI_COMMAND: 'VERSION' },
    input: JSON.stringify({ cniVersion: '1.0.0' }),
  }
  const samples = { empty: [] as number[], ours: [] as number[], theirs: [] as number[] }
  for (let run = 0; run < runs; run += 1) {
    samples.empty.push(await timed(host, [empty]))
    samples.ours.push(await timed(host, [`${own}/bridge`], asked))
    samples.theirs.push(await timed(host, [`${plugins}/bridge`], asked))
  }
  const yardstick = figuresOf(samples.empty)
  console.log(reportLine('empty bun program', yardstick))
  console.log(reportLine('VERSION of bridge, ours', figuresOf(samples.ours), yardstick))
  console.log(reportLine('VERSION of bridge, theirs', figuresOf(samples.theirs), yardstick))
}
