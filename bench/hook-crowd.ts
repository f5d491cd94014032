// What does a start cost with 1, 10 and 100 containers started at once by runc: with our hook, plugins in its process or as
// programs, with the same runc and no hook, with a shell hook that calls the bare plugins, and with one that calls cnitool?
// Default chain, one published port each, warm host, the ways in turn. Last, what ours take beyond runc's own time.
// Sizes: VETHRA_BENCH_RUNS (default 3), VETHRA_BENCH_CROWDS (default 1,10,100); VETHRA_BENCH_WAYS=ours leaves others out.
// cnitool is taken from CNITOOL or PATH.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { bareChain } from '../e2e/cni-crowd.ts'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'
import { type Figures, figuresOf } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 3)
const crowds = (process.env['VETHRA_BENCH_CROWDS'] ?? '1,10,100').split(',').map(Number)

const bare = 'bare plugins in a shell hook'
const noHook = 'no hook, no network'
const choices = ['native', 'exec'] as const
const publish = (hostPort: number) => ({
  portMappings: [{ hostPort, containerPort: 80, protocol: 'tcp' }],
})
type Ports = ReturnType<typeof publish>

// What a shell hook is told on standard input, as the plugins want it.
const readState = [
  'S=$(cat)',
  'ID=$(echo "$S" | sed -n \'s/.*"id":"\\([^"]*\\)".*/\\1/p\')',
  'PID=$(echo "$S" | sed -n \'s/.*"pid":\\([0-9]*\\).*/\\1/p\')',
  `export PATH=/usr/sbin:/usr/bin:/sbin:/bin CNI_PATH=${plugins} CNI_CONTAINERID=$ID CNI_IFNAME=eth0 CNI_ARGS=`,
  'export CNI_NETNS=/proc/$PID/ns/net; [ "$1" = add ] || export CNI_NETNS=',
].join('\n')

interface Way {
  readonly name: string
  /** Makes a bundle ready that has a network namespace of its own. */
  readonly prepare: (bundle: string, id: string, port: number) => Promise<void>
  /** What is to be done once a container was deleted. */
  readonly forget: (ids: readonly string[]) => Promise<void>
}

const host = await openHost()
try {
  await bench(host)
} finally {
  await host.close()
}

async function bench(host: Host): Promise<void> {
  console.log(
    `hook-crowd: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`,
  )
  await demand(host, [executable, 'network', 'create', '--subnet', '10.91.0.0/16', 'lan'])
  const template = await host.bundle('template', ['sleep', '1000'])
  const ways = await waysOf(host)
  // The first ADD on a host makes the chains that all share: it is not what is asked here.
  for (const way of ways) await startAndDelete(host, way, template, 1)
  for (const crowd of crowds) {
    const samples = new Map(
      ways.map(({ name }) => [name, { start: [] as number[], end: [] as number[] }]),
    )
    for (let run = 0; run < runs; run += 1) {
      for (const way of ways) {
        const { start, end } = await startAndDelete(host, way, template, crowd)
        samples.get(way.name)?.start.push(start)
        samples.get(way.name)?.end.push(end)
      }
    }
    console.log(`${crowd} at once:`)
    for (const [name, { start, end }] of samples)
      report(name, start, end, (samples.get(bare) ?? samples.get(noHook))?.start)
    const beyond = (name: string) =>
      figuresOf(samples.get(name)?.start ?? []).median -
      figuresOf(samples.get(noHook)?.start ?? []).median
    const [native, exec] = choices.map((choice) => beyond(wayOf(choice)))
    console.log(
      `  beyond no hook: native ${native?.toFixed(0)} ms, exec ${exec?.toFixed(0)} ms, ×${((native ?? 0) / (exec ?? 1)).toFixed(2)}`,
    )
  }
}

async function waysOf(host: Host): Promise<readonly Way[]> {
  const ours = [
    ...choices.map((choice) => vethraWay(host, choice)),
    { name: noHook, prepare: async () => {}, forget: async () => {} },
  ]
  if (process.env['VETHRA_BENCH_WAYS'] === 'ours') return ours
  const cnitool = process.env['CNITOOL'] ?? (await host.run(['which', 'cnitool'])).stdout
  if (cnitool === '') {
    console.log(
      'cnitool is not here; build it with: go install github.com/containernetworking/cni/cnitool@latest',
    )
  }
  const list = await demand(host, ['cat', '/etc/cni/net.d/nerdctl-lan.conflist'])
  const shell = (name: string, script: (ports: Ports) => string): Way => ({
    name,
    prepare: async (bundle, _, port) => {
      await writeFile(`${bundle}/hook.sh`, `${readState}\n${script(publish(port))}`)
      await addHooks(bundle)
    },
    forget: async () => {},
  })
  return [
    ...ours,
    shell(bare, (ports) => bareChain(list, ports)),
    ...(cnitool === ''
      ? []
      : [
          shell('cnitool in a shell hook', (ports) =>
            [
              `export CAP_ARGS='${JSON.stringify(ports)}' NETCONFPATH=/etc/cni/net.d`,
              // Its container id is made of the path, which is gone by the end: it is kept.
              'N=/run/cnitool-$ID; [ "$1" = del ] || echo $CNI_NETNS > $N',
              `exec ${cnitool} $1 lan $(cat $N) >/dev/null\n`,
            ].join('\n'),
          ),
        ]),
  ]
}

function wayOf(choice: (typeof choices)[number]): string {
  return `vethra, ${choice}`
}

function vethraWay(host: Host, choice: (typeof choices)[number]): Way {
  return {
    name: wayOf(choice),
    prepare: async (bundle, id, port) => {
      const flags = ['--id', id, '--name', `name-${id}`, '--network', 'lan', '-p', `${port}:80`]
      await demand(host, [executable, '--plugins', choice, 'bundle', 'prepare', bundle, ...flags])
    },
    forget: async (ids) => {
      await demand(host, [executable, 'bundle', 'rm', ...ids])
    },
  }
}

async function addHooks(bundle: string): Promise<void> {
  const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
  const hook = (operation: string) => ({
    path: '/bin/sh',
    args: ['sh', `${bundle}/hook.sh`, operation],
  })
  config.hooks = { createRuntime: [hook('add')], poststop: [hook('del')] }
  await writeFile(`${bundle}/config.json`, JSON.stringify(config))
}

async function startAndDelete(
  host: Host,
  way: Way,
  template: string,
  crowd: number,
): Promise<{ start: number; end: number }> {
  const ids = Array.from({ length: crowd }, (_, index) => `c${index}-${host.tag}`)
  const bundles = ids.map((id) => `${host.folder}/crowd/${id}`)
  for (const [index, bundle] of bundles.entries()) {
    await makeBundle(bundle, template)
    await way.prepare(bundle, ids[index] ?? '', 20_000 + index)
  }
  const began = performance.now()
  const started = await Promise.all(ids.map((id, index) => host.start(bundles[index] ?? '', id)))
  const start = performance.now() - began
  const failed = started.find(({ exitCode }) => exitCode !== 0)
  if (failed) throw new Error(`${way.name}: ${failed.stderr}`)
  if (way.name.startsWith('vethra')) await checkNames(host, ids)
  const deleting = performance.now()
  await Promise.all(ids.map((id) => host.stop(id)))
  const end = performance.now() - deleting
  await way.forget(ids)
  await rm(`${host.folder}/crowd`, { recursive: true })
  return { start, end }
}

// All share the root file system of one: what is measured is not the copying of files.
async function makeBundle(bundle: string, template: string): Promise<void> {
  await mkdir(bundle, { recursive: true })
  const config = JSON.parse(await readFile(`${template}/config.json`, 'utf8'))
  config.root.path = `${template}/rootfs`
  await writeFile(`${bundle}/config.json`, JSON.stringify(config))
}

async function checkNames(host: Host, ids: readonly string[]): Promise<void> {
  const find = 'cat /var/lib/vethra/*/etchosts/default/$0/hosts'
  for (const id of ids) {
    const hosts = await demand(host, ['sh', '-c', find, id])
    const missing = ids.filter((each) => !hosts.includes(`name-${each}`))
    if (missing.length > 0) throw new Error(`${id} does not know ${missing.join(', ')}`)
  }
}

function report(name: string, start: number[], end: number[], yardstick: number[] = []): void {
  const [starts, ends] = [figuresOf(start), figuresOf(end)]
  const ms = ({ median, min, max }: Figures) =>
    `${median.toFixed(0).padStart(6)} ms (${min.toFixed(0)} – ${max.toFixed(0)})`
  const ratio = starts.median / figuresOf(yardstick).median
  console.log(`  ${name.padEnd(30)} start ${ms(starts)} ×${ratio.toFixed(2)}   delete ${ms(ends)}`)
}

async function demand(host: Host, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(argv)
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return stdout
}
