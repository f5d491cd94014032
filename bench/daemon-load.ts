// What does the daemon cost at 10, 100 and 1,000 attachments (namespaces without processes)? From its start
// to the first look done, a look, from a namespace's end to its address being free, memory, requests a
// second on the socket, and the processor time of an idle one with that of the look by its timer.
// Sizes: VETHRA_BENCH_RUNS (default 15); with 2 or less only 10 attachments, and seconds become tenths.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { executable, type Host, openHost } from '../e2e/host.ts'
import { type RunningDaemon, startDaemon, until } from '../e2e/running-daemon.ts'
import { figuresOf, reportLine } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const small = runs <= 2
const crowds = small
  ? [10]
  : (process.env['VETHRA_BENCH_CROWDS'] ?? '10 100 1000').split(' ').map(Number)
const settle = new URL('attachments.ts', import.meta.url).pathname
const second = small ? 100 : 1000
const timerSeconds = 300

console.log(
  `daemon-load: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`,
)
for (const crowd of crowds) {
  const host = await openHost()
  try {
    await bench(host, crowd)
  } finally {
    await host.close()
  }
}

async function bench(host: Host, crowd: number): Promise<void> {
  const settled = await host.run([process.execPath, settle, executable, String(crowd), 'native'])
  if (settled.exitCode !== 0) throw new Error(settled.stderr)
  const began = performance.now()
  const flags = ['--log-level', 'error', '--reconcile-interval', '3600']
  const daemon = await startDaemon(host, ...flags)
  try {
    await until(async () => (await daemon.ask('/health')).status === 200, 60_000)
    const name = `${crowd} attachments`
    console.log(
      `${name.padEnd(34)} started and looked ${(performance.now() - began).toFixed(0)} ms`,
    )
    const looks: number[] = []
    const before = cpuMs(daemon)
    for (let run = 0; run < runs; run += 1) looks.push(await timed(() => daemon.ask('/findings')))
    const lookCpu = (cpuMs(daemon) - before) / runs
    console.log(reportLine('  a look', figuresOf(looks)))
    await flush(host, daemon)
    await idle(daemon, lookCpu)
    for (const path of ['/version', '/networks', '/containers']) await load(daemon, path)
    await heal(host, daemon)
    console.log(
      `  ${''.padEnd(32)} resident ${memoryMb(daemon, 'VmRSS')} MB, ${memoryMb(daemon, 'VmHWM')} MB at its peak`,
    )
  } finally {
    await daemon.end()
  }
}

async function idle(daemon: RunningDaemon, lookCpuMs: number): Promise<void> {
  // For half a minute ports of a new bridge change their state, which is looked at each time, and bun
  // gives back the memory of the looks.
  await setTimeout(30 * second)
  let share = 1
  for (let tries = 0; tries < 5; tries += 1) {
    const look = await lastLook(daemon)
    const before = cpuMs(daemon)
    await setTimeout(15 * second)
    share = (cpuMs(daemon) - before) / (15 * second)
    if ((await lastLook(daemon)) === look) break
  }
  const withTimer = share + lookCpuMs / (timerSeconds * 1000)
  console.log(
    `  ${'idle'.padEnd(32)} ${(share * 100).toFixed(2)} % of a core; a look uses ${lookCpuMs.toFixed(0)} ms, every ${timerSeconds} s: ${(withTimer * 100).toFixed(2)} %; resident ${memoryMb(daemon, 'VmRSS')} MB`,
  )
}

async function lastLook(daemon: RunningDaemon): Promise<string> {
  return ((await daemon.ask('/health')).json as { readonly LastLook: string }).LastLook
}

async function load(daemon: RunningDaemon, path: string): Promise<void> {
  const end = performance.now() + 3 * second
  let answered = 0
  const client = async () => {
    while (performance.now() < end) {
      if ((await daemon.ask(path)).status !== 200) throw new Error(`${path} failed`)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: 16 }, client))
  const rate = (answered * 1000) / (3 * second)
  console.log(`  ${`GET ${path}`.padEnd(32)} ${Math.round(rate)} requests a second, 16 at once`)
}

async function heal(host: Host, daemon: RunningDaemon): Promise<void> {
  const samples: number[] = []
  for (let run = 0; run < Math.min(runs, 5); run += 1) {
    const held = (await daemon.ask('/reservations')).json as readonly { Address: string }[]
    const names = (await host.run(['ls', '/run/netns'])).stdout.split('\n')
    const name = names.at(-1) ?? ''
    samples.push(
      await timed(async () => {
        await host.run(['ip', 'netns', 'delete', name])
        await until(async () => {
          const now = (await daemon.ask('/reservations')).json as readonly unknown[]
          return now.length < held.length
        }, 120_000)
      }),
    )
  }
  console.log(reportLine('  a namespace gone, its address free', figuresOf(samples)))
}

// Until the table has as many elements again: ports answer then.
async function flush(host: Host, daemon: RunningDaemon): Promise<void> {
  const ports = async () =>
    (await host.run(['sh', '-c', 'nft list map inet vethra p4 | grep -o "dccp\\|tcp" | wc -l']))
      .stdout
  const before = await ports()
  const [samples, cpu]: [number[], number[]] = [[], []]
  for (let run = 0; run < Math.min(runs, 5); run += 1) {
    // The rest after the last look is over.
    await setTimeout(6 * second)
    const used = cpuMs(daemon)
    samples.push(
      await timed(async () => {
        await host.run(['nft', 'flush', 'ruleset'])
        await until(async () => (await ports()) === before, 60_000)
      }),
    )
    cpu.push(cpuMs(daemon) - used)
  }
  console.log(reportLine(`  all flushed, ${before} ports there`, figuresOf(samples)))
  console.log(reportLine("  the daemon's work until then", figuresOf(cpu)))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function cpuMs({ pid }: RunningDaemon): number {
  // User and system time of proc_pid_stat(5), in ticks of a hundredth of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function memoryMb({ pid }: RunningDaemon, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024)
}
