// What does vethra-runc cost in front of a runtime? Whole processes with /bin/true as the real runtime, alternating in one run
// with an empty bun program and with /bin/true alone: a call that is passed on, and a create that prepares its bundle.
// Size: VETHRA_BENCH_RUNS (default 40).

import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { executable, type Host, openHost } from '../e2e/host.ts'
import { emptyProgram } from './empty.ts'
import { figuresOf, reportLine } from './figures.ts'
import { installed } from './installed.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 40)
const host = await openHost()
try {
  await bench(host)
} finally {
  await host.close()
}

async function bench(host: Host): Promise<void> {
  const runtime = installed(executable, join(host.folder, 'vethra-runc'))
  await host.vethra('network', 'create', 'lan')
  const asking = await bundleOf(host, 'asking', { 'vethra.network': 'lan', 'vethra.name': 'web' })
  const plain = await bundleOf(host, 'plain', {})
  const empty = await emptyProgram(host.folder)
  const calls: Readonly<Record<string, readonly string[]>> = {
    'empty bun program': [empty],
    '/bin/true alone': ['/bin/true'],
    'env, which becomes /bin/true': ['/usr/bin/env', '/bin/true'],
    'passed on: state': [runtime, 'state', 'web'],
    'passed on: create': [runtime, 'create', '--bundle', plain, 'web'],
    'prepared: create': [runtime, 'create', '--bundle', asking, 'web'],
  }
  const samples = new Map(Object.keys(calls).map((name) => [name, [] as number[]]))
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, argv] of Object.entries(calls)) {
      // What a create has prepared is taken back before the next: each prepares anew.
      if (name.startsWith('prepared')) await host.vethra('bundle', 'rm', 'web')
      const ms = timed(host, argv)
      if (run > 0) samples.get(name)?.push(ms)
    }
  }
  const figures = new Map([...samples].map(([name, each]) => [name, figuresOf(each)]))
  for (const [name, each] of figures) console.log(reportLine(name, each))
  const median = (name: string) => figures.get(name)?.median ?? Number.NaN
  // One more program in the same process, which is none of ours.
  const another = median('env, which becomes /bin/true') - median('/bin/true alone')
  for (const name of Object.keys(calls).slice(3)) {
    const more = median(name) - median('empty bun program') - another
    const added = median(name) - median('/bin/true alone')
    console.log(
      `${name}: ${more.toFixed(1)} ms more than an empty bun program; adds ${added.toFixed(1)} ms to the runtime alone`,
    )
  }
}

async function bundleOf(host: Host, name: string, annotations: object): Promise<string> {
  const made = await host.bundle(name, ['sleep', '1000'])
  const config = JSON.parse(await readFile(join(made, 'config.json'), 'utf8'))
  // Where containerd has its bundles.
  const bundle = `/run/bundles/${name}`
  await host.run(['mkdir', '-p', bundle])
  const input = JSON.stringify({ ...config, annotations })
  await host.run(['tee', `${bundle}/config.json`], { input })
  return bundle
}

function timed(host: Host, [program = '', ...args]: readonly string[]): number {
  // nsenter(1) costs all of them the same.
  const argv = [...host.enter, '--', program, ...args]
  const env = { PATH: process.env['PATH'], VETHRA_RUNTIME: '/bin/true' }
  const start = performance.now()
  execFileSync('nsenter', argv, { env, stdio: 'ignore' })
  return performance.now() - start
}
