// Many hostile requests over 64 connections at once: no crash, no leak, every failure a whole problem
// (RFC 9457). scripts/soak runs it; the tests send a few hundred.

import { openHost } from '../e2e/host.ts'
import { beHostile } from '../e2e/hostile-requests.ts'
import { type RunningDaemon, startDaemon } from '../e2e/running-daemon.ts'

const count = Number(process.env['VETHRA_SOAK_DAEMON_REQUESTS'] ?? 10_000)
const rounds = Number(process.env['VETHRA_SOAK_DAEMON_ROUNDS'] ?? 3)
const growthMb = 40

const host = await openHost()
try {
  await host.vethra('network', 'create', 'lan')
  const daemon = await startDaemon(host, '--log-level', 'error')
  const memory: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const began = performance.now()
    const { statuses, faults } = await beHostile(daemon.socket, {
      count,
      connections: 64,
      seed: round * count,
    })
    if (faults.length > 0)
      throw new Error(`${faults.length} faults:\n${faults.slice(0, 5).join('\n')}`)
    const seconds = (performance.now() - began) / 1000
    memory.push((await measured(daemon, 'process_resident_memory_bytes')) / 2 ** 20)
    const told = Object.entries(statuses).map(([status, times]) => `${status} ${times}×`)
    console.log(
      `round ${round}: ${count} hostile requests in ${seconds.toFixed(1)} s, ${told.join(', ')}; ${Math.round(memory.at(-1) ?? 0)} MB, ${await measured(daemon, 'process_open_fds')} descriptors`,
    )
  }
  // The first round warms it up.
  const grown = (memory.at(-1) ?? 0) - (memory[0] ?? 0)
  if (grown > growthMb)
    throw new Error(`it grew by ${Math.round(grown)} MB over ${rounds - 1} rounds`)
  if ((await daemon.log()) !== '') throw new Error(await daemon.log())
  await daemon.end()
} finally {
  await host.close()
}

async function measured(daemon: RunningDaemon, name: string): Promise<number> {
  const { text } = await daemon.ask('/metrics')
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}
