// What does one join and one leave cost the hosts files, against nerdctl's way (every file of the namespace
// rewritten: backup, marker, truncate and write, three fsyncs each) in the same run? Files as nerdctl lays
// them out, written beforehand. With 5,000 it takes few runs, nerdctl's way one, for gigabytes are written.
// Sizes: VETHRA_BENCH_RUNS (default 15).
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { flockLock } from '../packages/adapters/lock-flock/src/index.ts'
import type { ContainerNames } from '../packages/core/names/src/index.ts'
import { type Crowd, inserted, newcomer, settle } from './crowd.ts'
import { type Figures, figuresOf, reportLine } from './figures.ts'
import { type Way, waysIn } from './ways.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const small = runs <= 2
const crowds: readonly Crowd[] = [
  ...[10, 100, 1000].map((containers) => ({ containers, networks: 1 })),
  ...[10, 100, 1000, 5000].map((containers) => ({ containers, networks: 50 })),
  { containers: 5000, networks: 1 },
]

/** By what was done, such as `join`, the milliseconds that it took. */
type Samples = Map<string, number[]>

await bench()

async function bench(): Promise<void> {
  const runtime = process.versions['bun']
    ? `bun ${process.versions['bun']}`
    : `Node ${process.version}`
  console.log(`hosts-store: ${runs} runs, ${cpus().length} CPUs, ${cpus()[0]?.model}, ${runtime}`)
  const joins = new Map<string, { ours: number; theirs: number }>()
  for (const crowd of crowds) {
    if (small && crowd.containers !== 100) {
      console.log(`${titleOf(crowd)}: skipped at this size of the bench`)
      continue
    }
    joins.set(titleOf(crowd), await benchCrowd(crowd))
  }
  await benchLock()
  if (!small) judge(joins)
}

function titleOf({ containers, networks }: Crowd): string {
  return `${containers} containers on ${networks === 1 ? 'one network' : `${networks} networks`}`
}

async function benchCrowd(crowd: Crowd): Promise<{ ours: number; theirs: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'vethra-bench-'))
  try {
    const [ours, theirs] = waysIn(dir)
    for (const { folder } of [ours, theirs]) settle(folder, crowd)
    console.log(`\n${titleOf(crowd)}, a file of ${sizeOfFile(ours.folder)} octets`)
    const warm = await measureWarm(crowd, ours, theirs)
    await countWrites(crowd, crowd.containers > 1000 ? [ours] : [ours, theirs])
    if (
      crowd.containers >= 1000 ||
      (small && titleOf(crowd) === titleOf({ containers: 100, networks: 50 }))
    )
      measureMemory(dir, crowd)
    if (crowd.containers === 1000) await measureCold(crowd, [ours, theirs])
    return warm
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measureWarm(
  crowd: Crowd,
  ours: Way,
  theirs: Way,
): Promise<{ ours: number; theirs: number }> {
  const [own, naive]: [Samples, Samples] = [new Map(), new Map()]
  // The first operation finds no index and looks at everything.
  const began = performance.now()
  await ours.join(newcomer(crowd))
  console.log(`first join, without an index     ${(performance.now() - began).toFixed(1)} ms`)
  await ours.leave(newcomer(crowd).id)
  const [repeats, yardsticks] = crowd.containers > 1000 ? [3, 1] : [runs, small ? 1 : 5]
  if (crowd.containers <= 1000) await comeAndGo(theirs, newcomer(crowd), new Map())
  for (let run = 0; run < repeats; run += 1) {
    await comeAndGo(ours, newcomer(crowd), own)
    if (run < yardsticks) await comeAndGo(theirs, newcomer(crowd), naive)
  }
  const between: Samples = new Map()
  for (let run = 0; run < repeats; run += 1) await comeAndGo(ours, inserted(crowd), between)
  for (const what of ['join', 'leave']) {
    const yardstick = figuresOf(naive.get(what) ?? [])
    print(`warm: ${what}, vethra`, own.get(what), yardstick)
    print(`warm: ${what} between others, vethra`, between.get(what), yardstick)
    print(`warm: ${what}, nerdctl's way (${yardsticks} runs)`, naive.get(what), yardstick)
  }
  return { ours: medianOf(own.get('join')), theirs: medianOf(naive.get('join')) }
}

async function comeAndGo(way: Way, names: ContainerNames, samples: Samples): Promise<void> {
  await timed(samples, 'join', () => way.join(names))
  await timed(samples, 'leave', () => way.leave(names.id))
}

async function timed(samples: Samples, what: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await work()
  const list = samples.get(what) ?? []
  samples.set(what, [...list, performance.now() - began])
}

// Other programs pay for it too: only a few times.
async function measureCold(crowd: Crowd, ways: readonly Way[]): Promise<void> {
  const samples: Samples = new Map()
  for (let run = 0; run < 3; run += 1) {
    for (const way of ways) {
      for (const step of ['join', 'leave'] as const) {
        if (!dropCaches()) {
          console.log('cold: not measured, for /proc/sys/vm/drop_caches can not be written here')
          return
        }
        const { id } = newcomer(crowd)
        const work = () => (step === 'join' ? way.join(newcomer(crowd)) : way.leave(id))
        await timed(samples, `${step}, ${way.name}`, work)
      }
    }
  }
  for (const step of ['join', 'leave']) {
    const yardstick = figuresOf(samples.get(`${step}, nerdctl's way`) ?? [])
    for (const { name } of ways)
      print(`cold: ${step}, ${name}`, samples.get(`${step}, ${name}`), yardstick)
  }
}

function dropCaches(): boolean {
  try {
    execFileSync('sync')
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

async function countWrites(crowd: Crowd, ways: readonly Way[]): Promise<void> {
  for (const way of ways) {
    for (const step of ['join', 'leave'] as const) {
      const [times, octets] = [changeTimes(way.folder), writtenByUs()]
      await (step === 'join' ? way.join(newcomer(crowd)) : way.leave(newcomer(crowd).id))
      const written = writtenByUs() - octets
      const changed = [...changeTimes(way.folder)].filter(([id, at]) => times.get(id) !== at)
      console.log(
        `${step}, ${way.name}: ${changed.length} hosts files and ${written} octets written`,
      )
    }
  }
}

function changeTimes(folder: string): ReadonlyMap<string, bigint> {
  const files = readdirSync(folder).map((id) => join(folder, id, 'hosts'))
  const times = files
    .filter(existsSync)
    .map((file) => [file, statSync(file, { bigint: true }).ctimeNs] as const)
  return new Map(times)
}

function writtenByUs(): number {
  return Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

function sizeOfFile(folder: string): number {
  return statSync(join(folder, readdirSync(folder)[0] ?? '', 'hosts')).size
}

// As in a hook: a process that makes one join, its code not yet compiled to anything fast.
function measureMemory(dir: string, crowd: Crowd): void {
  const program = [new URL('./once.ts', import.meta.url).pathname, dir]
  const theirs = small || crowd.containers > 1000 ? [] : ["nerdctl's join", "nerdctl's leave"]
  for (const step of ['nothing', 'join', 'leave', ...theirs]) {
    const args = [...program, step, `${crowd.containers}`, `${crowd.networks}`]
    const { ms, rss } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
    const mb = (rss / 1024).toFixed(0)
    console.log(
      `a process that does ${step.padEnd(16)} takes ${ms.toFixed(1).padStart(7)} ms for it, at most ${mb} MB`,
    )
  }
}

async function benchLock(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'vethra-bench-'))
  const samples: Samples = new Map()
  for (let run = 0; run < 2 + runs; run += 1) {
    await timed(samples, 'lock', () => flockLock().hold(dir, async () => undefined))
  }
  rmSync(dir, { recursive: true })
  console.log()
  print('flockLock taken and freed', samples.get('lock')?.slice(2))
}

function judge(joins: ReadonlyMap<string, { ours: number; theirs: number }>): void {
  const one = joins.get(titleOf({ containers: 1000, networks: 1 }))
  const many = joins.get(titleOf({ containers: 1000, networks: 50 }))
  if (one === undefined || many === undefined) return
  const tell = (what: string, ratio: number, most: number) =>
    console.log(
      `${what}: ${ratio.toFixed(3)}, at most ${most.toFixed(3)}: ${ratio <= most ? 'holds' : 'DOES NOT HOLD'}`,
    )
  console.log()
  tell("join at 1000 on one network, of nerdctl's way", one.ours / one.theirs, 1 / 4)
  tell('join at 1000 on 50 networks, of the one on one network', many.ours / one.ours, 1 / 15)
}

function medianOf(samples: readonly number[] = []): number {
  return figuresOf(samples).median
}

function print(name: string, samples: readonly number[] = [], yardstick?: Figures): void {
  console.log(reportLine(name, figuresOf(samples), yardstick))
}
