// What names cost: answers a second, latency and memory of `vethra dns` against dnsmasq and aardvark-dns (UDP alone), each at
// the same address of the same host in turn, warm, asked by dnsperf from a container's address. Then a flood from one container while
// another asks calmly. Debian packages: dnsperf, dnsmasq-base, aardvark-dns. Sizes: VETHRA_BENCH_RUNS (default 3),
// VETHRA_BENCH_NAMES (10,1000,10000), VETHRA_BENCH_CLIENTS (1,20), VETHRA_BENCH_SECONDS (3), VETHRA_BENCH_FLOOD (200000 a second).

import { openHost } from '../e2e/host.ts'
import { type DnsPlace, openDnsPlace } from './dns-place.ts'
import { type DnsServer, dnsServers } from './dns-servers.ts'
import { figuresOf } from './figures.ts'

const numbers = (name: string, fallback: string) =>
  (process.env[name] ?? fallback).split(',').map(Number)
const [runs = 3] = numbers('VETHRA_BENCH_RUNS', '3')
const [seconds = 3] = numbers('VETHRA_BENCH_SECONDS', '3')
const [flood = 200_000] = numbers('VETHRA_BENCH_FLOOD', '200000')
const clients = numbers('VETHRA_BENCH_CLIENTS', '1,20')

for (const names of numbers('VETHRA_BENCH_NAMES', '10,1000,10000')) {
  const host = await openHost()
  try {
    await measure(await openDnsPlace(host, names), names)
  } finally {
    await host.close()
  }
}

async function measure(place: DnsPlace, names: number): Promise<void> {
  console.log(`${names} names, ${runs} runs of ${seconds} s each, medians:`)
  const samples = new Map<string, Sample[]>()
  const lines: string[] = []
  for (let run = 0; run < runs; run += 1) {
    for (const server of dnsServers) {
      const running = await place.start(server)
      try {
        // Servers run for months: the first seconds, in which ours is compiled, are no figure.
        await place.load({ transport: 'udp', clients: 1, seconds })
        for (const load of loadsOf(server)) {
          const key = `${load.transport} ${load.clients} ${server.name}`
          const before = await running.cpu()
          const { rate, answers } = await place.load({ ...load, seconds })
          const microseconds = (1e6 * ((await running.cpu()) - before)) / answers
          samples.set(key, [...(samples.get(key) ?? []), { rate, microseconds }])
        }
        if (run === runs - 1) lines.push(await floodLine(place, server, await running.memory()))
      } finally {
        await running.stop()
      }
    }
  }
  for (const transport of ['udp', 'tcp'] as const) {
    for (const count of clients) tell(`${transport} ${count}`, samples)
  }
  for (const line of lines) console.log(line)
}

function loadsOf({ hasTcp }: DnsServer) {
  const transports = hasTcp ? (['udp', 'tcp'] as const) : (['udp'] as const)
  return transports.flatMap((transport) => clients.map((count) => ({ transport, clients: count })))
}

/** The figures of one run of dnsperf. */
interface Sample {
  readonly rate: number
  /** The server's time of a processor for each answer. */
  readonly microseconds: number
}

function tell(load: string, samples: ReadonlyMap<string, readonly Sample[]>): void {
  const ratesOf = (name: string) => samples.get(`${load} ${name}`)?.map(({ rate }) => rate)
  const yardstick = median(ratesOf('dnsmasq') ?? [0])
  for (const { name } of dnsServers) {
    const found = ratesOf(name)
    if (!found) continue
    const rate = median(found)
    const cost = median((samples.get(`${load} ${name}`) ?? []).map((each) => each.microseconds))
    const spread = `${Math.min(...found).toFixed(0)} – ${Math.max(...found).toFixed(0)}`
    console.log(
      `${`${load} clients`.padEnd(16)}${name.padEnd(14)}${rate.toFixed(0).padStart(8)} answers/s  ×${(rate / yardstick).toFixed(2)}  (${spread})  ${cost.toFixed(1)} µs of CPU each`,
    )
  }
}

async function floodLine(place: DnsPlace, { name }: DnsServer, mebibytes: number): Promise<string> {
  const calm = await place.calm({ seconds, flood: 0 })
  const beside = await place.calm({ seconds, flood })
  const said = ({ lost, p99 }: typeof calm) => `p99 ${p99.toFixed(2)} ms, ${lost.toFixed(2)} % lost`
  return `${name.padEnd(14)}${mebibytes.toFixed(0).padStart(4)} MiB; 200 a second: ${said(calm)}; beside a flood of ${(beside.sent / 1000).toFixed(0)},000 a second: ${said(beside)}`
}

function median(samples: readonly number[]): number {
  return figuresOf(samples).median
}
