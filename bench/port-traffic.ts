// What goes through a published port, with plugins in this process against programs: new connections a second and octets a
// second from a machine outside, with 1 and 1,000 ports published on the host. Two hosts, one of each way, measured in turn.
// Sizes: VETHRA_BENCH_RUNS (default 5), VETHRA_BENCH_PUBLISHED (1,1000), VETHRA_BENCH_SECONDS (2).

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'

const numbers = (name: string, fallback: string) =>
  (process.env[name] ?? fallback).split(',').map(Number)
const [runs = 5] = numbers('VETHRA_BENCH_RUNS', '5')
const [seconds = 2] = numbers('VETHRA_BENCH_SECONDS', '2')
const bun = new URL('../node_modules/.bin/bun', import.meta.url).pathname
const agent = new URL('storm.ts', import.meta.url).pathname
const fill = new URL('attachments.ts', import.meta.url).pathname
const ways = ['native', 'exec'] as const
const questions = ['connections', 'octets'] as const
const hostAddress = '198.51.100.1'

for (const published of numbers('VETHRA_BENCH_PUBLISHED', '1,1000')) {
  console.log(`${published} published, ${runs} runs of ${seconds} s each, medians:`)
  const hosts = [await openMeasured('native', published), await openMeasured('exec', published)]
  try {
    const said = new Map<string, number[]>()
    for (let run = 0; run < runs; run += 1) {
      for (const { way, ask } of hosts) {
        for (const question of questions) {
          const key = `${question} ${way}`
          said.set(key, [...(said.get(key) ?? []), await ask(question)])
        }
      }
    }
    for (const question of questions) tell(question, said)
  } finally {
    for (const { close } of hosts) await close()
  }
}

function tell(
  question: (typeof questions)[number],
  said: ReadonlyMap<string, readonly number[]>,
): void {
  const [native = 0, exec = 0] = ways.map((way) => median(said.get(`${question} ${way}`) ?? []))
  for (const [way, value] of [
    ['native', native],
    ['exec', exec],
  ] as const) {
    const text =
      question === 'octets'
        ? `${((value * 8) / 1e9).toFixed(2)} Gbit/s`
        : `${value.toFixed(0)} new connections/s`
    console.log(`${way.padEnd(8)}${text.padStart(28)}   ×${(value / exec).toFixed(2)}`)
  }
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0
}

interface Measured {
  readonly way: (typeof ways)[number]
  ask(question: (typeof questions)[number]): Promise<number>
  close(): Promise<void>
}

// The container that is measured comes last, as the newest does.
async function openMeasured(way: (typeof ways)[number], published: number): Promise<Measured> {
  const host = await openHost({ plugins: way })
  const sh = async (script: string) => {
    const { exitCode, stderr } = await host.run(['sh', '-ec', script])
    if (exitCode !== 0) throw new Error(stderr)
  }
  // conntrack keeps a connection that its server reset for 10 s, and drops the answer to a new one from that port.
  await sh(`ip netns add outside; ip netns add served; sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_close=1
    ip link add up0 type veth peer name eth0 netns outside; ip addr add ${hostAddress}/24 dev up0; ip link set up0 up
    ip -n outside link set lo up; ip -n outside addr add 198.51.100.2/24 dev eth0; ip -n outside link set eth0 up
    for n in outside served; do ip netns exec $n sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1; done`)
  await host.run([process.execPath, fill, executable, String(published - 1), way, 'published'])
  const mapping = { hostPort: 8080, containerPort: 80, protocol: 'tcp' }
  const env = { CNI_PATH: plugins, CAP_ARGS: JSON.stringify({ portMappings: [mapping] }) }
  const added = await host.run([executable, 'cni', 'add', 'lan', '/run/netns/served'], { env })
  if (added.exitCode !== 0) throw new Error(added.stderr)
  const server = await startAgent(host, 'served', 'serve')
  return {
    way,
    ask: async (question) => {
      const client = await startAgent(host, 'outside', question)
      const { said } = client
      await client.end()
      return Number(said)
    },
    close: async () => {
      await server.end()
      await host.close()
    },
  }
}

// Says one line: that it serves, or what it measured.
async function startAgent(host: Host, netns: string, task: string) {
  const inside = ['ip', 'netns', 'exec', netns, bun, agent, task, hostAddress, String(seconds)]
  const running = execa('nsenter', [...host.enter, '--', ...inside], {
    reject: false,
    stderr: 'inherit',
    buffer: false,
  })
  const deadline = setTimeout(() => running.kill('SIGKILL'), (seconds + 30) * 1000)
  const lines = createInterface(running.stdout)
  const [said = ''] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
  clearTimeout(deadline)
  const end = async () => {
    running.kill('SIGKILL')
    await running
  }
  if (said !== '') return { said, end }
  await end()
  throw new Error(`${task} in ${netns} ended, or took ${seconds + 30} s, without a figure`)
}
