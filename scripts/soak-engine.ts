// Random commands on 32 containers at once, many of them killed at random moments, with plugins in this process, by
// programs, and mixed: the next command on each container, or a doctor, leaves nothing, and nothing of others is
// changed. scripts/soak runs it.

import { comeAndGo, makeContainer, type StartedContainer } from '../e2e/crowd-containers.ts'
import {
  type Container,
  commands,
  demand,
  type Ended,
  leftSince,
  lookAtOthers,
  pick,
  plantOthers,
} from '../e2e/engine-crowd.ts'
import { type Host, openHost } from '../e2e/host.ts'

const kills = Number(process.env['VETHRA_SOAK_ENGINE_KILLS'] ?? 10_000)
const atOnce = Number(process.env['VETHRA_SOAK_ENGINE_CONTAINERS'] ?? 32)
const turns = Number(process.env['VETHRA_SOAK_ENGINE_TURNS'] ?? 20)
const killed = Number(process.env['VETHRA_SOAK_ENGINE_PROBABILITY'] ?? 0.7)
const modes = (process.env['VETHRA_SOAK_ENGINE_MODES'] ?? 'native exec mixed').split(' ')

const choices: Readonly<Record<string, readonly string[]>> = {
  native: ['native'],
  exec: ['exec'],
  mixed: ['native', 'exec', 'auto'],
}

interface Crowd {
  readonly host: Host
  readonly choices: readonly string[]
  readonly run: ReturnType<typeof commands>
  readonly faults: string[]
  /** Milliseconds over which kills are spread, by command: as many as let half of those that are to die be killed. */
  readonly usual: Map<string, number>
  kills: number
  operations: number
  /** Whether a doctor was killed in this round: what it was at may be in need of another one. */
  isHalfRepaired: boolean
}

async function soak(mode: string): Promise<void> {
  const host = await openHost()
  const began = performance.now()
  const crowd: Crowd = {
    host,
    choices: choices[mode] ?? [mode],
    run: commands(host),
    faults: [],
    usual: new Map(),
    kills: 0,
    operations: 0,
    isHalfRepaired: false,
  }
  try {
    const containers = await setUp(crowd)
    const started = await makeContainer(host, { name: 'web', network: 'lan', hostPort: 8999 })
    await start(crowd, started, false)
    const [before, others] = [await host.snapshot(), await lookAtOthers(host)]
    for (let round = 0; crowd.kills < kills && crowd.faults.length === 0; round += 1) {
      await Promise.all([...containers.map((each) => live(crowd, each)), starts(crowd, started)])
      const way = ways[round % ways.length] ?? 'del'
      await converge(crowd, containers, way)
      const left = await leftSince(host, before)
      crowd.faults.push(...left.map((each) => `round ${round + 1}, ${way}: ${each}`))
      if ((await lookAtOthers(host)) !== others)
        crowd.faults.push(`round ${round + 1}: others\n${others}\n${await lookAtOthers(host)}`)
    }
  } finally {
    await host.close()
  }
  if (crowd.faults.length > 0) throw new Error(`${mode}:\n${crowd.faults.join('\n')}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(
    `${mode}: ${crowd.operations} operations on ${atOnce} containers at once, ${crowd.kills} of them killed: nothing left, nothing of others changed; ${seconds} s`,
  )
}

const networks = {
  lan: ['--subnet', '10.70.0.0/24'],
  wan: ['--subnet', '10.71.0.0/24', '--ipv6', '--subnet', 'fd00:71::/64'],
  inner: ['--subnet', '10.72.0.0/24', '--internal'],
}

// One container of each network that comes and goes, either way, leaves what is the network's own.
async function setUp(crowd: Crowd): Promise<readonly Container[]> {
  const { host } = crowd
  await plantOthers(host)
  for (const [name, options] of Object.entries(networks)) {
    demand(await host.vethra('network', 'create', name, ...options), name)
  }
  const containers = Array.from({ length: atOnce }, (_, index): Container => {
    const network = Object.keys(networks)[index % 3] ?? ''
    const ports = ['tcp', 'udp'].map((protocol) => ({
      protocol,
      hostPort: 9000 + index,
      containerPort: 80,
    }))
    const env = index % 4 === 0 ? {} : { CAP_ARGS: JSON.stringify({ portMappings: ports }) }
    return { name: `m${index}`, network, env, known: 'detached' }
  })
  for (const each of containers) await renew(host, each)
  for (const choice of crowd.choices) {
    for (const each of containers.slice(0, 6)) {
      demand(await operate(crowd, 'add', each, choice), 'first add')
      demand(await operate(crowd, 'del', each, choice), 'first del')
    }
  }
  return containers
}

const drawn = ['add', 'add', 'add', 'add', 'del', 'del', 'del', 'check', 'renew'] as const

async function live(crowd: Crowd, container: Container): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const operation = pick(drawn)
    if (operation === 'renew') {
      await renew(crowd.host, container)
      continue
    }
    if (turn === 0 && Math.random() < 0.05) await repair(crowd)
    await tried(crowd, operation, container, Math.random() < killed)
  }
}

// By runc, with both hooks: each costs as much as many an ADD.
async function starts(crowd: Crowd, container: StartedContainer): Promise<void> {
  for (let turn = 0; turn < turns / 4; turn += 1)
    await start(crowd, container, Math.random() < killed)
}

async function start(crowd: Crowd, container: StartedContainer, isToDie: boolean): Promise<void> {
  const usual = crowd.usual.get('start') ?? 300
  const { started, faults } = await comeAndGo(crowd.host, crowd.run, {
    container,
    choice: pick(crowd.choices),
    ...(isToDie ? { killAfterMs: Math.random() * usual } : {}),
  })
  crowd.operations += 4
  if (started.killed) crowd.kills += 1
  if (isToDie) crowd.usual.set('start', usual * (started.killed ? 1.05 : 0.95))
  crowd.faults.push(...faults)
}

async function tried(
  crowd: Crowd,
  operation: 'add' | 'del' | 'check',
  container: Container,
  isToDie: boolean,
): Promise<void> {
  const before = container.known
  const usual = crowd.usual.get(operation) ?? 100
  const killAfterMs = isToDie ? Math.random() * usual : undefined
  const ended = await operate(crowd, operation, container, pick(crowd.choices), killAfterMs)
  if (isToDie) crowd.usual.set(operation, usual * (ended.killed ? 1.05 : 0.95))
  if (ended.killed) {
    crowd.kills += 1
    if (operation !== 'check') container.known = 'unknown'
    return
  }
  const isFine = ended.exitCode === 0
  if (isFine && operation !== 'check')
    container.known = operation === 'add' ? 'attached' : 'detached'
  // Debian's bridge and portmap refuse to CHECK what they made themselves: a bridge's MAC changes, and IPv6 rules are theirs alone.
  const mayFail =
    operation === 'check'
      ? before !== 'attached' || crowd.choices.includes('exec')
      : operation === 'add' && before !== 'detached'
  const isRefused = !isFine && mayFail && /code \d+/.test(ended.said)
  if (!isFine && !(isRefused && (operation === 'check' || (await isWhole(crowd, container)))))
    crowd.faults.push(
      `${operation} of ${container.name} (${before}): ${ended.exitCode} ${ended.said}`,
    )
}

// An ADD is refused by what is attached, and by nothing that a killed command has left.
async function isWhole(crowd: Crowd, container: Container): Promise<boolean> {
  if (crowd.isHalfRepaired || crowd.choices.includes('exec')) return true
  return (await operate(crowd, 'check', container, 'native')).exitCode === 0
}

async function operate(
  crowd: Crowd,
  operation: 'add' | 'del' | 'check',
  { name, network, env }: Container,
  choice: string,
  killAfterMs?: number,
): Promise<Ended> {
  crowd.operations += 1
  const argv = ['cni', operation, network, `/run/netns/${name}`]
  return crowd.run({ argv, choice, env, ...(killAfterMs === undefined ? {} : { killAfterMs }) })
}

async function repair(crowd: Crowd, killAfterMs?: number): Promise<void> {
  crowd.operations += 1
  const argv = ['doctor', '--repair']
  const dies = killAfterMs ?? (Math.random() < 0.5 ? Math.random() * 1000 : undefined)
  const ended = await crowd.run({
    argv,
    choice: pick(crowd.choices),
    ...(dies === undefined ? {} : { killAfterMs: dies }),
  })
  if (ended.killed) {
    crowd.kills += 1
    crowd.isHalfRepaired = true
  }
}

// Its namespace goes, and another one has its name.
async function renew(host: Host, container: Container): Promise<void> {
  const { name } = container
  await host.run(['sh', '-c', `ip netns del ${name} 2>/dev/null; ip netns add ${name}`])
  if (container.known === 'attached') container.known = 'unknown'
}

const ways = ['del', 'del of namespaces that are gone', 'add and del', 'doctor'] as const

async function converge(
  crowd: Crowd,
  containers: readonly Container[],
  way: (typeof ways)[number],
): Promise<void> {
  const { host } = crowd
  await Promise.all(
    containers.map(async (each) => {
      if (way.includes('gone') || way === 'doctor')
        await host.run(['ip', 'netns', 'del', each.name])
      if (way === 'add and del') await tried(crowd, 'add', each, false)
      if (way !== 'doctor') await tried(crowd, 'del', each, false)
    }),
  )
  if (way === 'doctor') {
    demand(
      await crowd.run({ argv: ['doctor', '--repair'], choice: pick(crowd.choices) }),
      'doctor --repair',
    )
  }
  for (const each of containers) {
    await renew(host, each)
    each.known = 'detached'
  }
  crowd.isHalfRepaired = false
}

for (const mode of modes) await soak(mode)
