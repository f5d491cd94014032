// What does an ADD by host-local cost with 0, 1,000, 20,000 and 60,000 reservations in a /16, ours against
// Debian's in the same folder; what when Debian's has worked there since, so that our index is made anew;
// how much memory; and 64 at once, ours alone and mixed with Debian's. The calls are made on a host of their
// own by this script again. Sizes: VETHRA_BENCH_RUNS (default 15; below 5 small folders only).

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { executable, openHost, plugins } from '../e2e/host.ts'
import { figuresOf, reportLine } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const sizes = runs < 5 ? [0, 1000] : [0, 1000, 20_000, 60_000]
const debian = join(plugins, 'host-local')

if (process.argv[2] === undefined) await onHost()
else await inside(process.argv[2])

async function onHost(): Promise<void> {
  const host = await openHost()
  try {
    const ran = await host.run([process.execPath, import.meta.filename, host.folder], {
      env: { VETHRA_BENCH_RUNS: String(runs), VETHRA_TEST_EXECUTABLE: executable },
    })
    if (ran.exitCode !== 0) throw new Error(ran.stdout + ran.stderr)
    console.log(ran.stdout)
  } finally {
    await host.close()
  }
}

async function inside(folder: string): Promise<void> {
  const ours = join(folder, 'host-local')
  symlinkSync(executable, ours)
  console.log(
    `ipam-add: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`,
  )
  let atFirst = 0
  for (const size of sizes) {
    const name = `n${size}`
    fill(join(folder, 'nets', name), size)
    const conf = confOf(folder, name)
    const first = call(ours, 'ADD', 'first', conf)
    const mine = repeat(ours, conf)
    const theirs = figuresOf(repeat(debian, conf).add)
    const rebuilt = figuresOf(
      Array.from({ length: Math.min(runs, 5) }, () => {
        call(debian, 'DEL', 'nobody', conf)
        call(debian, 'ADD', 'other', conf)
        const took = call(ours, 'ADD', 'a', conf)
        call(ours, 'DEL', 'a', conf)
        call(debian, 'DEL', 'other', conf)
        return took
      }),
    )
    const add = figuresOf(mine.add)
    atFirst ||= add.median
    console.log(`\n${size} reservations (first ADD, which makes the index: ${first.toFixed(1)} ms)`)
    console.log(
      `${reportLine('ADD ours', add, theirs)} of Debian's, ×${(add.median / atFirst).toFixed(2)} of ours when empty`,
    )
    console.log(reportLine("ADD Debian's", theirs))
    console.log(reportLine("ADD ours, Debian's came before", rebuilt, theirs))
    console.log(reportLine('DEL ours', figuresOf(mine.del)))
    console.log(
      `memory: ours ${memory(ours, conf)} kB, Debian's ${memory(debian, conf)} kB at most`,
    )
    rmSync(join(folder, 'nets', name), { recursive: true })
  }
  console.log('')
  await manyAtOnce(folder, 'ours alone', () => ours)
  await manyAtOnce(folder, "Debian's alone", () => debian)
  await manyAtOnce(folder, 'both mixed', (index) => (index % 2 === 0 ? ours : debian))
}

function confOf(folder: string, name: string): string {
  const ipam = { type: 'host-local', dataDir: join(folder, 'nets'), subnet: '10.9.0.0/16' }
  return JSON.stringify({ cniVersion: '1.0.0', name, ipam })
}

// As if they had come one after the other: the round robin goes on behind the last one.
function fill(folder: string, size: number): void {
  mkdirSync(folder, { recursive: true })
  const name = (number: number) => `10.9.${number >> 8}.${number & 255}`
  for (let number = 2; number < size + 2; number += 1) {
    writeFileSync(join(folder, name(number)), `c${number}\r\neth0`, { mode: 0o600 })
  }
  if (size > 0) writeFileSync(join(folder, 'last_reserved_ip.0'), name(size + 1))
}

function environment(command: string, id: string): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: id,
    CNI_NETNS: '/x',
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/x',
  }
}

function call(plugin: string, command: string, id: string, conf: string): number {
  const began = performance.now()
  const { status, stdout } = spawnSync(plugin, [], { input: conf, env: environment(command, id) })
  const took = performance.now() - began
  if (status !== 0) throw new Error(`${plugin} ${command} ${id}: ${stdout}`)
  return took
}

function repeat(plugin: string, conf: string): { add: readonly number[]; del: readonly number[] } {
  // The first one after another plugin's work is not what is asked here.
  call(plugin, 'ADD', 'warm', conf)
  call(plugin, 'DEL', 'warm', conf)
  const pairs = Array.from({ length: runs }, (_, index) => ({
    add: call(plugin, 'ADD', `r${index}`, conf),
    del: call(plugin, 'DEL', `r${index}`, conf),
  }))
  return { add: pairs.map(({ add }) => add), del: pairs.map(({ del }) => del) }
}

function memory(plugin: string, conf: string): string {
  const env = environment('CHECK', 'first')
  const { stderr } = spawnSync('/bin/busybox', ['time', '-v', plugin], {
    input: conf,
    env: { ...env, PATH: process.env['PATH'] },
  })
  return /Maximum resident set size \(kbytes\): (\d+)/.exec(String(stderr))?.[1] ?? '?'
}

async function manyAtOnce(
  folder: string,
  who: string,
  pluginOf: (index: number) => string,
): Promise<void> {
  const conf = confOf(folder, 'many')
  const began = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: 64 }, (_, index) => start(pluginOf(index), `m${index}`, conf)),
  )
  const took = performance.now() - began
  const network = join(folder, 'nets/many')
  const given = readdirSync(network).filter((name) => name.startsWith('10.')).length
  if (given !== 64 || statuses.some((status) => status !== 0))
    throw new Error(`${who}: ${given} of 64 addresses`)
  console.log(`64 ADDs at once, ${who}: ${took.toFixed(0)} ms, 64 addresses`)
  rmSync(network, { recursive: true })
}

function start(plugin: string, id: string, conf: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(plugin, [], {
      env: environment('ADD', id),
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.end(conf)
    child.once('exit', resolve)
  })
}
