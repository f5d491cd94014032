// What do an ADD and a DEL cost with plugins in this process, against the same executable that runs them as programs,
// netavark, and an empty bun program? Whole processes, alternating in one run: 1, 30 and 206 published ports, the hooks of a
// container, then one port with 200 and 1,000 attached beside. Sizes: VETHRA_BENCH_RUNS (default 15), VETHRA_BENCH_PORTS (1,30,206),
// VETHRA_BENCH_ATTACHED (200,1000). First with the state folders on tmpfs, then in a folder of the disk that the folder for
// temporary files is on (VETHRA_BENCH_STATE: tmpfs,disk). netavark is taken from NETAVARK or /usr/lib/podman.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'
import { emptyProgram } from './empty.ts'
import { type Figures, figuresOf, reportLine } from './figures.ts'
import { type Hook, hooksOf, startInit, stateOf } from './hooks.ts'
import { timed } from './timed.ts'

const sizes = (name: string, fallback: string) =>
  (process.env[name] ?? fallback).split(',').filter(Boolean).map(Number)
const [runs = 15] = sizes('VETHRA_BENCH_RUNS', '15')
const netavark = process.env['NETAVARK'] ?? '/usr/lib/podman/netavark'
const netns = '/run/netns/bench'

interface Way {
  readonly name: string
  add(host: Host, ports: readonly number[]): Promise<number>
  /** Whether it can be told of a namespace that is gone. */
  readonly outlives: boolean
  del(host: Host, ports: readonly number[]): Promise<number>
}

const places = (process.env['VETHRA_BENCH_STATE'] ?? 'tmpfs,disk').split(',')
for (const place of places) {
  const host = await openHost()
  const folder = await mkdtemp(join(tmpdir(), 'vethra-bench-'))
  try {
    if (place === 'disk') await host.run(['mount', '--bind', folder, '/var/lib'])
    const { stdout } = await host.run(['stat', '--file-system', '--format', '%T', '/var/lib'])
    console.log(`state folders on ${stdout.trim()}:`)
    await bench(host)
  } finally {
    await host.close()
    await rm(folder, { recursive: true })
  }
}

async function bench(host: Host): Promise<void> {
  await host.vethra('network', 'create', '--subnet', '10.90.0.0/16', 'lan')
  const ways = [ours('native'), ours('exec'), ...(existsSync(netavark) ? [theirs()] : [])]
  console.log(`engine: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}`)
  if (!existsSync(netavark)) console.log(`netavark is not at ${netavark}: left out`)
  await timeEmpty(host)
  for (const count of sizes('VETHRA_BENCH_PORTS', '1,30,206')) {
    console.log(`${count} published:`)
    const ports = Array.from({ length: count }, (_, index) => 20_000 + index)
    await compare(host, ways, ports)
  }
  console.log('1 published, the hooks of a container:')
  await compareHooks(host)
  let already = 0
  for (const count of sizes('VETHRA_BENCH_ATTACHED', '200,1000')) {
    await attachMore(host, already, count)
    already = count
    console.log(`1 published, ${count} attached beside:`)
    await compare(host, ways.slice(0, 1), [20_000])
  }
}

async function compare(host: Host, ways: readonly Way[], ports: readonly number[]): Promise<void> {
  const samples = new Map(
    ways.flatMap(({ name }) =>
      ['ADD', 'DEL', 'DEL, namespace gone'].map((what) => [`${what} ${name}`, [] as number[]]),
    ),
  )
  const note = (key: string, ms: number) => samples.get(key)?.push(ms)
  // The first ADD on a host makes what all share: it is not what is asked here.
  for (const way of ways) await round(host, way, ports, () => {})
  for (let run = 0; run < runs; run += 1) {
    for (const way of ways) await round(host, way, ports, note)
  }
  for (const what of ['ADD', 'DEL', 'DEL, namespace gone']) {
    const figures = ways.flatMap(({ name }): readonly [string, Figures][] => {
      const measured = samples.get(`${what} ${name}`) ?? []
      return measured.length === 0 ? [] : [[name, figuresOf(measured)]]
    })
    const yardstick = figures[1]?.[1]
    for (const [name, each] of figures) console.log(reportLine(`${what} ${name}`, each, yardstick))
  }
}

// Names, port holder, records and all: what a start and a stop wait for.
async function compareHooks(host: Host): Promise<void> {
  const ways = ['native', 'exec'] as const
  const samples = new Map(
    ways.flatMap((way) =>
      [`createRuntime ${way}`, `postStop ${way}`].map((each) => [each, [] as number[]]),
    ),
  )
  for (let run = 0; run <= runs; run += 1) {
    for (const way of ways) {
      const { start, stop } = await comeAndGo(host, way, run)
      if (run === 0) continue
      samples.get(`createRuntime ${way}`)?.push(start)
      samples.get(`postStop ${way}`)?.push(stop)
    }
  }
  for (const what of ['createRuntime', 'postStop']) {
    const yardstick = figuresOf(samples.get(`${what} exec`) ?? [])
    for (const way of ways) {
      const figures = figuresOf(samples.get(`${what} ${way}`) ?? [])
      console.log(reportLine(`${what} ${way}`, figures, yardstick))
    }
  }
}

async function comeAndGo(
  host: Host,
  way: string,
  run: number,
): Promise<{ start: number; stop: number }> {
  const id = `bench-${way}-${run}`
  const bundle = await host.bundle(id, ['sleep', '1'])
  const flags = ['--plugins', way, 'bundle', 'prepare', bundle, '--id', id, '--network', 'lan']
  await timed(host, [executable, ...flags, '-p', '19000:80'], { env: { CNI_PATH: plugins } })
  const hooks = await hooksOf(bundle)
  const init = await startInit(host)
  const call = ({ path, args, env }: Hook) =>
    timed(host, ['env', '-i', ...env, path, ...args.slice(1)], {
      env: {},
      input: stateOf(host, { id, pid: init.pid }),
    })
  const start = await call(hooks.createRuntime)
  await init.end()
  const stop = await call(hooks.poststop)
  await timed(host, [executable, 'bundle', 'rm', id], { env: {} })
  return { start, stop }
}

async function round(
  host: Host,
  way: Way,
  ports: readonly number[],
  note: (key: string, ms: number) => void,
): Promise<void> {
  await host.run(['ip', 'netns', 'add', 'bench'])
  note(`ADD ${way.name}`, await way.add(host, ports))
  note(`DEL ${way.name}`, await way.del(host, ports))
  if (!way.outlives) {
    await host.run(['ip', 'netns', 'del', 'bench'])
    return
  }
  await way.add(host, ports)
  await host.run(['ip', 'netns', 'del', 'bench'])
  note(`DEL, namespace gone ${way.name}`, await way.del(host, ports))
}

function ours(choice: 'native' | 'exec'): Way {
  const call = (operation: string) => (host: Host, ports: readonly number[]) =>
    timed(host, [executable, 'cni', operation, 'lan', netns], {
      env: { VETHRA_PLUGINS: choice, CNI_PATH: plugins, CAP_ARGS: publish(ports) },
    })
  return { name: choice, outlives: true, add: call('add'), del: call('del') }
}

function publish(ports: readonly number[]): string {
  const mapping = (hostPort: number) => ({ hostPort, containerPort: 80, protocol: 'tcp' })
  return JSON.stringify({ portMappings: ports.map(mapping) })
}

function theirs(): Way {
  const call = (operation: string) => (host: Host, ports: readonly number[]) =>
    timed(host, [netavark, '--config', '/run/netavark', operation, netns], {
      env: {},
      input: JSON.stringify(request(ports)),
    })
  return { name: 'netavark', outlives: false, add: call('setup'), del: call('teardown') }
}

function request(ports: readonly number[]) {
  const network = {
    ...{ name: 'pod', id: 'a'.repeat(64), driver: 'bridge', network_interface: 'podman7' },
    ...{ subnets: [{ subnet: '10.91.0.0/16', gateway: '10.91.0.1' }], ipv6_enabled: false },
    ...{ internal: false, dns_enabled: false, ipam_options: { driver: 'host-local' } },
  }
  const mapping = (hostPort: number) => ({
    ...{ host_ip: '', container_port: 80, host_port: hostPort, range: 1, protocol: 'tcp' },
  })
  return {
    ...{ container_id: 'b'.repeat(64), container_name: 'bench', network_info: { pod: network } },
    networks: { pod: { interface_name: 'eth0', static_ips: ['10.91.0.2'] } },
    port_mappings: ports.map(mapping),
  }
}

// Eight at a time: neighbours are only there to be many.
async function attachMore(host: Host, from: number, to: number): Promise<void> {
  const add = async (index: number) => {
    const name = `beside${index}`
    await host.run(['ip', 'netns', 'add', name])
    const env = { VETHRA_PLUGINS: 'native', CAP_ARGS: publish([30_000 + index]) }
    const ran = await host.run([executable, 'cni', 'add', 'lan', `/run/netns/${name}`], { env })
    if (ran.exitCode !== 0) throw new Error(ran.stderr)
  }
  for (let index = from; index < to; index += 8) {
    const some = Array.from({ length: Math.min(8, to - index) }, (_, more) => index + more)
    await Promise.all(some.map(add))
  }
}

// The start that no program of bun's is without.
async function timeEmpty(host: Host): Promise<void> {
  const empty = await emptyProgram(host.folder)
  const samples: number[] = []
  for (let run = 0; run < runs; run += 1) samples.push(await timed(host, [empty]))
  console.log(reportLine('empty bun program', figuresOf(samples)))
}
