// What does an ADD and a DEL cost through `vethra cni`, against cnitool and against the plugins called
// bare from a shell script? Default chain, one published port, real plugins, alternating in one run, with
// 1, 50 and 200 containers attached beside, each with a port.
// Sizes: VETHRA_BENCH_RUNS (default 15), VETHRA_BENCH_ATTACHED (default 1,50,200). cnitool is taken from
// CNITOOL or PATH.

import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { bareChain } from '../e2e/cni-crowd.ts'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'
import { type Figures, figuresOf, reportLine } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const attached = (process.env['VETHRA_BENCH_ATTACHED'] ?? '1,50,200').split(',').map(Number)
const publish = (hostPort: number) =>
  JSON.stringify({ portMappings: [{ hostPort, containerPort: 80, protocol: 'tcp' }] })
const port = publish(8080)

interface Way {
  readonly name: string
  readonly argv: (operation: 'add' | 'del') => readonly string[]
}

const host = await openHost()
try {
  await bench(host)
} finally {
  await host.close()
}

async function bench(host: Host): Promise<void> {
  await host.vethra('network', 'create', '--subnet', '10.90.0.0/16', 'lan')
  const ways = await waysOf(host)
  console.log(
    `cni-attach: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`,
  )
  let already = 0
  for (const count of attached) {
    await attachMore(host, already, count)
    already = count
    console.log(`with ${count} attached beside:`)
    report(await measure(host, ways))
  }
}

// Four at a time: neighbours are only there to be many.
async function attachMore(host: Host, from: number, to: number): Promise<void> {
  const add = async (index: number) => {
    const name = `beside${index}`
    await host.run(['ip', 'netns', 'add', name])
    const env = { CAP_ARGS: publish(20000 + index), CNI_PATH: plugins }
    const ran = await host.run([executable, 'cni', 'add', 'lan', `/run/netns/${name}`], { env })
    if (ran.exitCode !== 0) throw new Error(ran.stderr)
  }
  for (let index = from; index < to; index += 4) {
    const some = [0, 1, 2, 3].map((more) => index + more).filter((each) => each < to)
    await Promise.all(some.map(add))
  }
}

type Samples = ReadonlyMap<string, { readonly add: number[]; readonly del: number[] }>

async function measure(host: Host, ways: readonly Way[]): Promise<Samples> {
  const samples = new Map(
    ways.map(({ name }) => [name, { add: [] as number[], del: [] as number[] }]),
  )
  // The first ADD on a host makes the chains that all share: it is not what is asked here.
  for (const way of ways) await attachAndDetach(host, way)
  for (let run = 0; run < runs; run += 1) {
    for (const way of ways) {
      const { add, del } = await attachAndDetach(host, way)
      samples.get(way.name)?.add.push(add)
      samples.get(way.name)?.del.push(del)
    }
  }
  return samples
}

function report(samples: Samples): void {
  for (const operation of ['add', 'del'] as const) {
    const figures = [...samples].map(([name, each]): [string, Figures] => [
      name,
      figuresOf(each[operation]),
    ])
    const yardstick = figures.at(-1)?.[1]
    for (const [name, each] of figures)
      console.log(reportLine(`${operation.toUpperCase()} ${name}`, each, yardstick))
    const [ours, other] = [samples.get('vethra cni'), samples.get('cnitool')]
    if (ours && other) {
      const more = figuresOf(ours[operation]).median - figuresOf(other[operation]).median
      console.log(
        `${operation.toUpperCase()} through vethra cni takes ${more.toFixed(1)} ms more than through cnitool`,
      )
    }
  }
}

async function waysOf(host: Host): Promise<readonly Way[]> {
  const cnitool = process.env['CNITOOL'] ?? (await host.run(['which', 'cnitool'])).stdout
  const script = await writeBareChain(host)
  if (cnitool === '') {
    console.log(
      'cnitool is not here; build it with: go install github.com/containernetworking/cni/cnitool@latest',
    )
  }
  const target = ['lan', '/run/netns/bench']
  return [
    { name: 'vethra cni', argv: (operation) => [executable, 'cni', operation, ...target] },
    ...(cnitool === ''
      ? []
      : [{ name: 'cnitool', argv: (operation: string) => [cnitool, operation, ...target] }]),
    { name: 'plugins bare, from sh', argv: (operation) => ['sh', script, operation] },
  ]
}

async function attachAndDetach(host: Host, way: Way): Promise<{ add: number; del: number }> {
  await host.run(['ip', 'netns', 'add', 'bench'])
  const add = await timed(host, way.argv('add'))
  const del = await timed(host, way.argv('del'))
  await host.run(['ip', 'netns', 'del', 'bench'])
  return { add, del }
}

async function timed(host: Host, argv: readonly string[]): Promise<number> {
  const env = { CAP_ARGS: port, NETCONFPATH: '/etc/cni/net.d', CNI_PATH: plugins }
  const began = performance.now()
  const ran = await host.run(argv, { env })
  const elapsed = performance.now() - began
  if (ran.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}${ran.stdout}`)
  return elapsed
}

async function writeBareChain(host: Host): Promise<string> {
  const text = (await host.run(['cat', '/etc/cni/net.d/nerdctl-lan.conflist'])).stdout
  const variables =
    'export CNI_CONTAINERID=bare CNI_NETNS=/run/netns/bench CNI_IFNAME=eth0 CNI_ARGS='
  const file = `${host.folder}/bare.sh`
  await writeFile(file, `${variables} CNI_PATH=${plugins}\n${bareChain(text, JSON.parse(port))}`)
  return file
}
