// A container that reads its bind-mounted hosts file in a loop while others come and go, and kills of
// who writes, at random moments, each of which the next operation must heal. scripts/soak runs it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { renderHosts } from '../packages/core/names/src/index.ts'
import type { HostsStore } from '../packages/world/src/index.ts'
import { container, openStore, randomFrom } from './come-and-go.ts'
import type { Seen } from './read-hosts.ts'

const rounds = Number(process.env['VETHRA_SOAK_HOSTS_ROUNDS'] ?? 5)
const peers = Number(process.env['VETHRA_SOAK_HOSTS_PEERS'] ?? 200)
const kills = Number(process.env['VETHRA_SOAK_HOSTS_KILLS'] ?? 1000)

const pathOf = (script: string) => new URL(script, import.meta.url).pathname
const bun = pathOf('../node_modules/.bin/bun')

// Every row that may be there: what users wrote, markers, localhost, itself, and each peer of each round.
const whole = String.raw`^(# </?nerdctl>|#-*|127\.0\.0\.1\tlocalhost localhost\.localdomain|::1\t\tlocalhost localhost\.localdomain|192\.0\.2\.7 mine # kept|10\.0\.255\.1 {6}h-own h-own\.lan|10\.0\.\d+\.\d+ {1,8}h-p(\d+r\d+) h-p\2\.lan)$`

for (const soak of [soakReader, soakKills]) {
  const dir = await mkdtemp(join(tmpdir(), 'vethra-soak-'))
  try {
    await soak(dir)
  } finally {
    await rm(dir, { recursive: true })
  }
}

async function soakReader(dir: string): Promise<void> {
  const store = openStore(dir)
  const path = await store.prepare('own', '192.0.2.7 mine # kept\n')
  await store.acquire(container('own', 'lan', '10.0.255.1'))
  const { ino } = await stat(path)
  const reader = await startReader(dir, path)
  const joined = await comeAndGo(store)
  const seen = await reader.stop()
  if (seen.empty > 0) throw new Error(`the reader saw an empty file ${seen.empty} times`)
  // The kernel lets a read and a write of one page overlap: a line may be seen half, hardly ever.
  const half = seen.odd.filter((row) => !isHalf(row))
  if (half.length > 0) throw new Error(`the reader saw lines that nobody wrote: ${half.join('\n')}`)
  if (seen.odd.length * 100_000 > seen.reads) {
    throw new Error(`the reader saw ${seen.odd.length} lines half:\n${seen.odd.join('\n')}`)
  }
  if ((await stat(path)).ino !== ino) throw new Error(`${path} is another file now`)
  tellReader(seen, joined)
}

function tellReader(seen: Seen, joined: ReadonlyMap<string, number>): void {
  const lags = [...joined].map(
    ([row, when]) => (seen.first[row] ?? Number.POSITIVE_INFINITY) - when,
  )
  lags.sort((a, b) => a - b)
  const [median, last] = [lags[lags.length >> 1] ?? 0, lags.at(-1) ?? 0]
  if (last > 100) throw new Error(`the reader saw a peer ${last} ms after it had joined`)
  console.log(
    `${rounds} rounds of ${peers} peers that came and went, ${seen.reads} reads of a bind-mounted hosts file: ` +
      `never empty, ${seen.odd.length} lines seen half, ${seen.acrossPages} of them across two pages; ` +
      `each peer seen, median ${median.toFixed(1)} ms and at most ${last.toFixed(1)} ms after it had joined`,
  )
}

function rowOf(last: number, round: number): string {
  return `${addressOf(last).padEnd(15)} h-p${last}r${round} h-p${last}r${round}.lan`
}

function addressOf(last: number): string {
  return `10.0.${last >> 8}.${last & 255}`
}

// What a read that overlaps a write can show: the start of a row and the end of another, and NULs where the file was cut.
function isHalf(row: string): boolean {
  return /^[ \0#<>/nerdctl0-9.h\-pa]*$/.test(row)
}

async function comeAndGo(store: HostsStore): Promise<ReadonlyMap<string, number>> {
  const joined = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    const order = shuffled(peers, round)
    for (const last of order) {
      await store.acquire(container(`p${last}r${round}`, 'lan', addressOf(last)))
      joined.set(rowOf(last, round), performance.timeOrigin + performance.now())
    }
    for (const last of shuffled(peers, round + rounds)) await store.release(`p${last}r${round}`)
    for (const last of order) await store.remove(`p${last}r${round}`)
  }
  return joined
}

function shuffled(count: number, seed: number): readonly number[] {
  const random = randomFrom(seed + 1)
  return Array.from({ length: count }, (_, index) => ({ last: index + 2, key: random(1_000_000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ last }) => last)
}

/** A reader in a mount namespace of its own, where the file is mounted as runc mounts it. */
async function startReader(dir: string, path: string): Promise<{ stop: () => Promise<Seen> }> {
  const target = join(dir, 'etc-hosts')
  await writeFile(target, '')
  const script = 'mount --bind "$1" "$2" && exec "$3" "$4" "$2" "$5"'
  const args = [path, target, process.execPath, pathOf('./read-hosts.ts'), whole]
  const child = spawn(
    'unshare',
    ['-m', '--propagation', 'private', 'sh', '-ec', script, 'sh', ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let said = ''
  child.stdout.on('data', (data) => {
    said += data
  })
  await once(child.stdout, 'data')
  return {
    async stop() {
      child.stdin.end()
      await once(child.stdout, 'end')
      return JSON.parse(said.slice('ready\n'.length))
    },
  }
}

async function soakKills(dir: string): Promise<void> {
  const store = openStore(dir)
  await mkdir(join(dir, 'default'), { mode: 0o700 })
  let midst = 0
  const random = randomFrom(kills)
  for (let seed = 1; seed <= kills; seed += 1) {
    await killOne(dir, seed, random(40))
    // The head of the index is there only while all files are as an operation left them.
    if (!existsSync(join(dir, '.default', 'head.json'))) midst += 1
    await healBy(store, seed)
    await demandRight(store, `kill ${seed}`)
  }
  console.log(
    `${kills} kill -9s of who lets containers come and go (${midst} in the midst of an operation): ` +
      'after each the next operation made all files right',
  )
}

async function killOne(dir: string, seed: number, afterMs: number): Promise<void> {
  const child = spawn(bun, [pathOf('./come-and-go.ts'), dir, `${seed}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  await once(child.stdout, 'data')
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  await gone
}

/** The next operation: any that is one, also on the very container that was in hand. */
async function healBy(store: HostsStore, seed: number): Promise<void> {
  if (seed % 3 === 0) return store.acquire(container('next', `net${seed % 2}`, '10.0.1.200'))
  await store.prepare('next', '')
  if (seed % 3 === 1) return store.release('next')
  const random = randomFrom(seed * 7919)
  await store.acquire(container(`c${random(40)}`, 'net1', `10.1.2.${seed % 250}`))
}

async function demandRight(store: HostsStore, when: string): Promise<void> {
  const known = await store.list()
  for (const names of known) {
    const text = await readFile(store.path(names.id), 'utf8')
    const [now, right] = [rowsOf(text), rowsOf(renderHosts('', names, known))]
    if (now !== right) throw new Error(`after ${when} ${names.id} has\n${now}\nfor\n${right}`)
  }
}

function rowsOf(text: string): string {
  return text
    .split('\n')
    .filter((row) => row !== '' && !/^#-*$/.test(row))
    .join('\n')
}
