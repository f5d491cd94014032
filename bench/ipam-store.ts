// How many reservations a second does the library make: in memory, and on disk with and without an index, when
// the folder is empty and when it holds many. One process; the lock is one of this process, so that it is the
// store that is measured. Sizes: VETHRA_BENCH_RUNS (default 15; below 5 few reservations).

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { diskIpamStore } from '../packages/adapters/ipam-disk/src/index.ts'
import { memoryIpamStore } from '../packages/adapters/memory-world/src/index.ts'
import { rangeSets } from '../packages/core/ipam/src/index.ts'
import { allocate } from '../packages/engine/src/index.ts'
import type { IpamStore } from '../packages/world/src/index.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const many = runs < 5 ? 1000 : 60_000
const some = runs < 5 ? 100 : 2000
const sets = rangeSets({ subnet: '10.9.0.0/16' })
const lock = { hold: <T>(_path: string, work: () => Promise<T>): Promise<T> => work() }

console.log(`ipam-store: ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`)
const dir = mkdtempSync(join(tmpdir(), 'vethra-bench-'))
try {
  await measure('in memory', memoryIpamStore(), some)
  const disk = diskIpamStore({ dataDir: join(dir, 'a'), lock, indexDir: join(dir, 'index') })
  await measure('on disk, from none', disk, some)
  await reserve(disk, some, many)
  await measure(`on disk, from ${many}`, disk, some, many)
  const bare = diskIpamStore({ dataDir: join(dir, 'a'), lock })
  await measure(`on disk without an index, from ${many + some}`, bare, runs, many + some)
  const { heapUsed, rss } = process.memoryUsage()
  console.log(
    `memory: ${(heapUsed / 2 ** 20).toFixed(0)} MiB of heap, ${(rss / 2 ** 20).toFixed(0)} MiB resident`,
  )
} finally {
  rmSync(dir, { recursive: true })
}

async function measure(what: string, store: IpamStore, count: number, from = 0): Promise<void> {
  const began = performance.now()
  await reserve(store, from, from + count)
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${what.padEnd(46)} ${(count / seconds).toFixed(0).padStart(8)} reservations a second`,
  )
}

async function reserve(store: IpamStore, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const holder = { containerId: `c${number}`, ifname: 'eth0' }
    const outcome = await allocate(store, { network: 'lan', holder, sets, requested: [] })
    if (outcome.kind === 'refused') throw new Error(outcome.message)
  }
}
