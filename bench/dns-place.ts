import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { executable, type Host } from '../e2e/host.ts'
import type { DnsName, DnsServer } from './dns-servers.ts'

/** A host with a network of named containers, two of which ask. */
export interface DnsPlace {
  /** Runs a server; resolves when it answers. */
  start(server: DnsServer): Promise<RunningServer>
  /** Answers a second to clients that each ask as fast as they get answers. */
  load(load: Load): Promise<{ readonly rate: number; readonly answers: number }>
  /** 200 questions a second from one container, while another sends `flood` a second. */
  calm(load: { readonly seconds: number; readonly flood: number }): Promise<Calm>
}

/** A server that runs. */
export interface RunningServer {
  readonly pid: number
  /** The most that it had resident, in MiB. */
  memory(): Promise<number>
  /** The processor's time that it has taken, with those that it forked, in seconds. */
  cpu(): Promise<number>
  stop(): Promise<void>
}

/** How it is asked. */
export interface Load {
  readonly transport: 'udp' | 'tcp'
  readonly clients: number
  readonly seconds: number
}

/** How the calm one fared. */
export interface Calm {
  /** In milliseconds. */
  readonly p99: number
  /** In percent. */
  readonly lost: number
  /** How many questions a second the other one sent. */
  readonly sent: number
}

const server = '10.100.0.1'
const bun = new URL('../node_modules/.bin/bun', import.meta.url).pathname
const flooder = new URL('dns-flood.ts', import.meta.url).pathname
const store = '/var/lib/vethra/1935db59/etchosts/default'
const containers = '/var/lib/vethra/1935db59/containers/default'

/** Fills a host with a network and named containers, two of which are namespaces that can ask. */
export async function openDnsPlace(host: Host, count: number): Promise<DnsPlace> {
  const names = Array.from({ length: Math.max(count, 2) }, (_, index) => nameOf(index))
  // The first attachment makes the bridge.
  await made(host, executable, 'network', 'create', 'lan', '--subnet', '10.100.0.0/16')
  await made(host, 'ip', 'netns', 'add', 'first')
  const attached = await made(host, executable, 'cni', 'add', 'lan', '/run/netns/first')
  const { interfaces } = JSON.parse(attached)
  for (const [index, { address }] of names.slice(0, 2).entries()) {
    await made(host, 'sh', '-ec', makeAsker(`a${index}`, address, interfaces[0].name))
  }
  const data = join(host.folder, 'names')
  const shuffled = names.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  await writeFile(data, shuffled.map(({ name }) => `${name} A\n`).join(''))
  await writeContainers(host, names)
  const ask = (asker: string, ...flags: readonly string[]) =>
    made(host, 'ip', 'netns', 'exec', asker, 'dnsperf', '-s', server, '-d', data, ...flags)
  // dnsmasq ends a connection now and then while dnsperf still reads, which ends with an error.
  const askAgain: Ask = (...words) =>
    ask(...words)
      .catch(() => ask(...words))
      .catch(() => ask(...words))
  return {
    start: (which) => start(host, which, { names, answers: () => answers(ask) }),
    load: async ({ transport, clients, seconds }) => {
      const said = await askAgain(
        'a0',
        '-m',
        transport,
        '-c',
        `${clients}`,
        '-q',
        '200',
        '-l',
        `${seconds}`,
      )
      const answers = figure(said, /Queries completed: +(\d+)/)
      return { rate: figure(said, /Queries per second: +([\d.]+)/), answers }
    },
    async calm({ seconds, flood }) {
      const argv = [bun, flooder, server, data, `${flood}`, `${seconds}`]
      const [calm, sent] = await Promise.all([
        ask('a0', '-m', 'udp', '-l', `${seconds}`, '-Q', '200', '-c', '1', '-v', '-t', '1'),
        flood > 0 ? made(host, 'ip', 'netns', 'exec', 'a1', ...argv) : '0',
      ])
      return { ...calmFigures(calm), sent: Number(sent) / seconds }
    },
  }
}

type Ask = (asker: string, ...flags: readonly string[]) => Promise<string>

async function answers(ask: Ask): Promise<boolean> {
  const said = await ask('a0', '-n', '1', '-t', '0.2', '-c', '1')
  return figure(said, /Queries lost: +(\d+)/) === 0
}

function calmFigures(said: string): Pick<Calm, 'p99' | 'lost'> {
  const seconds = [...said.matchAll(/^> NOERROR \S+ \S+ ([\d.]+)/gm)].map(([, each]) =>
    Number(each),
  )
  const sorted = seconds.toSorted((one, other) => one - other)
  const sent = figure(said, /Queries sent: +(\d+)/)
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN
  return { p99: 1000 * p99, lost: (100 * (sent - sorted.length)) / sent }
}

async function start(
  host: Host,
  which: DnsServer,
  { names, answers }: { names: readonly DnsName[]; answers: () => Promise<boolean> },
): Promise<RunningServer> {
  const folder = join(host.folder, which.name.replace(' ', '-'))
  await mkdir(folder, { recursive: true })
  const command = await which.configure(folder, server, names)
  const log = join(host.folder, 'log')
  await made(host, 'sh', '-c', `"$@" >${log} 2>&1 </dev/null &`, 'sh', ...command)
  for (let tries = 0; !(await answers()); tries += 1) {
    if (tries > 50) throw new Error(`${which.name} does not answer: ${await readFile(log, 'utf8')}`)
    await sleep(100)
  }
  const [, pid = ''] = /pid=(\d+)/.exec(await made(host, 'ss', '-Hlunp', 'sport = :53')) ?? []
  return {
    pid: Number(pid),
    async memory() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      return figure(status, /VmHWM:\s+(\d+)/) / 1024
    },
    async cpu() {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      // utime, stime, and those of children: proc_pid_stat(5), in ticks of 10 ms.
      const ticks = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15)
      return ticks.map(Number).reduce((sum, each) => sum + each, 0) / 100
    },
    async stop() {
      process.kill(Number(pid))
      while (await made(host, 'ss', '-Hlun', 'sport = :53')) await sleep(50)
    },
  }
}

// Ids in an order of their own, so that names are not asked in that of the containers.
function nameOf(index: number): DnsName {
  const id = createHash('sha256').update(`${index}`).digest('hex')
  const address = `10.100.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
  return { id, name: `name-${index}`, address }
}

function makeAsker(name: string, address: string, bridge: string): string {
  return [
    `ip netns add ${name}`,
    `ip link add ${name} type veth peer name eth0 netns ${name}`,
    `ip link set ${name} master ${bridge} up`,
    `ip -n ${name} addr add ${address}/16 dev eth0`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} link set lo up`,
  ].join('\n')
}

// As starts of nerdctl leave it: a folder of each container, its names, and its result of ADD.
async function writeContainers(host: Host, names: readonly DnsName[]): Promise<void> {
  const metas = names.map(({ id, name, address }) => {
    const result = {
      cniVersion: '1.1.0',
      interfaces: [],
      ips: [{ address: `${address}/16` }],
      dns: {},
    }
    return { ID: id, Name: name, Hostname: id.slice(0, 12), Networks: { lan: result } }
  })
  const write = `
    const { mkdirSync, writeFileSync } = require('node:fs')
    for (const meta of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) {
      const folder = '${store}/' + meta.ID
      mkdirSync(folder, { recursive: true })
      mkdirSync('${containers}/' + meta.ID, { recursive: true })
      writeFileSync(folder + '/meta.json', JSON.stringify(meta))
      writeFileSync(folder + '/hosts', '')
    }`
  const { exitCode, stderr } = await host.run([process.execPath, '-e', write], {
    input: JSON.stringify(metas),
  })
  if (exitCode !== 0) throw new Error(stderr)
}

async function made(host: Host, ...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(argv)
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}${stdout}`)
  return stdout
}

function figure(text: string, pattern: RegExp): number {
  const [, found] = pattern.exec(text) ?? []
  if (found === undefined) throw new Error(`no ${pattern} in: ${text.slice(0, 2000)}`)
  return Number(found)
}
