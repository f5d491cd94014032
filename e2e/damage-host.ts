import { executable, type Host } from './host.ts'
import { removeFreeLocks, type Snapshot } from './snapshot.ts'

/** A host with what damages are done to: containers `db` and `web` in network `lan`, and much that is of others. */
export interface DamageHost {
  readonly host: Host
  /** The ids of its containers. */
  readonly web: string
  readonly db: string
  readonly bridge: string
  /** web's interface of the host. */
  readonly link: string
  /** web's address. */
  readonly address: string
}

/** Damage, the kind of the finding that tells of it, and what may come with it. */
export interface Damage {
  readonly what: string
  readonly kind: string
  /** Default: both. */
  readonly way?: 'native' | 'exec'
  /** A script of sh(1). */
  readonly script: (place: DamageHost) => string
}

/** One kind of damage in a table. */
export type DamageRow = readonly [what: string, kind: string, script: Damage['script']]

/** Damages that come about where plugins go a way; either way without one. */
export function damagesOf(way: Damage['way'], rows: readonly DamageRow[]): readonly Damage[] {
  return rows.map(([what, kind, script]) => ({ what, kind, script, ...(way ? { way } : {}) }))
}

const networks = '/var/lib/cni/networks'

/** The folder of libcni's results. */
export const results = '/var/lib/cni/results'

/** The folder of records. */
export const records = '/var/lib/vethra/attachments'

/** The name of the files of a container in both. */
export const fileOf = (id: string): string => `lan-default-${id}-eth0`

/** Makes such a host. */
export async function openDamageHost(host: Host): Promise<DamageHost> {
  await run(host, foreign)
  await demand(host.vethra('network', 'create', 'lan'))
  await start(host, `db-${host.tag}`, '--hostname', 'db')
  const published = ['-p', '127.0.0.1:8080:80/tcp', '-p', '5353:53/udp']
  await start(host, `web-${host.tag}`, '--hostname', 'web', '--name', 'shop', ...published)
  return lookAgain(host)
}

// An interface that was attached again is another one.
async function lookAgain(host: Host): Promise<DamageHost> {
  const [web, db] = [`web-${host.tag}`, `db-${host.tag}`]
  const { result } = JSON.parse((await host.run(['cat', `${results}/${fileOf(web)}`])).stdout)
  const [{ name: bridge }, { name: link }] = result.interfaces
  return { host, web, db, bridge, link, address: result.ips[0].address.split('/')[0] }
}

async function start(host: Host, id: string, ...flags: readonly string[]): Promise<void> {
  const bundle = await host.bundle(id, ['sleep', '100000'])
  await demand(host.vethra('bundle', 'prepare', bundle, '--id', id, '--network', 'lan', ...flags))
  await demand(host.start(bundle, id))
}

async function demand(running: ReturnType<Host['run']>): Promise<void> {
  const { exitCode, stderr } = await running
  if (exitCode !== 0) throw new Error(stderr)
}

function run(host: Host, script: string): ReturnType<Host['run']> {
  return host.run(['sh', '-c', script])
}

const foreign = [
  'ip link add br-other type bridge; ip addr add 10.99.0.1/24 dev br-other; ip link set br-other up',
  'ip link add other0 type veth peer name other1; ip link set other1 up; ip link set other0 master br-other up',
  'iptables -N OTHER; iptables -A OTHER -s 10.99.0.0/24 -j ACCEPT; iptables -A FORWARD -j OTHER',
  'iptables -N DOCKER-USER; iptables -A DOCKER-USER -j RETURN; iptables -A FORWARD -j DOCKER-USER',
  'iptables -t nat -N CNI-000000000000000000000000',
  'nft add table inet other; nft add chain inet other input "{ type filter hook input priority 0; }"; nft add rule inet other input counter',
  `mkdir -p ${networks}/other; printf 'someone\\r\\neth0' >${networks}/other/10.99.0.2`,
  `touch -d '1 hour ago' ${networks}/other/10.99.0.2`,
  `mkdir -p ${results} /etc/cni/net.d; echo '{"kind":"cniCacheV1"}' >${results}/other-someone-eth0`,
  'echo "{}" >/etc/cni/net.d/50-other.conflist',
].join('; ')

/** The links, rules and files of others on the host, as text. */
export async function othersResources({ host }: Pick<DamageHost, 'host'>): Promise<string> {
  const seen = [
    'ip -o -4 addr show br-other; ip -o link show other0 | grep -o "master br-other"',
    'iptables -S | grep OTHER; iptables -t nat -S | grep 0000000000; nft list table inet other | grep -v counter',
    `ls -l --full-time ${networks}/other ${results}/other-someone-eth0; cat ${networks}/other/*`,
    'cat /etc/cni/net.d/50-other.conflist',
  ]
  return (await run(host, seen.join('; '))).stdout
}

/** A snapshot in which names that plugins draw, and what the kernel numbers, are the same each time. */
export async function comparableSnapshot({ host }: Pick<DamageHost, 'host'>): Promise<Snapshot> {
  await run(host, 'ip netns delete third 2>/dev/null')
  await host.run(removeFreeLocks)
  const { links, rules, files, processes } = await host.snapshot()
  const plain = (text: string) =>
    text.replace(/veth[0-9a-f]{8,12}/g, 'veth').replace(/,?fe80::[0-9a-f:]+/g, '')
  return {
    links: links.map(plain).toSorted(),
    rules: rules.toSorted(),
    // Indexes, which are made again when they are needed, and what tuning of Debian keeps of a MAC that it was given.
    files: files.filter((file) => !/^\/run\/(vethra\/(ipam|hosts)|cni\/tuning)\//.test(file)),
    processes: processes.map((each) => each.replace(/\d+/g, 'N')),
  }
}

/** Does damage. Returns the kinds of what the doctor finds then and can repair. */
export async function damage(
  { host }: Pick<DamageHost, 'host'>,
  ...all: readonly Damage[]
): Promise<readonly string[]> {
  const place = await lookAgain(host)
  const env = { VETHRA: executable }
  for (const { script } of all) await host.run(['sh', '-c', script(place)], { env })
  return (await findings({ host })).map(({ Kind }) => Kind)
}

interface FindingRow {
  readonly Kind: string
  readonly Severity: string
  readonly Repair: string
  readonly Fix: string
}

/** The findings of `vethra doctor` that it can repair. */
export async function findings({ host }: Pick<DamageHost, 'host'>): Promise<readonly FindingRow[]> {
  const { stdout } = await host.vethra('doctor', '--format', 'json')
  return (JSON.parse(stdout) as readonly FindingRow[]).filter(({ Repair }) => Repair !== '')
}

/** Does damage that no repair ends, has it told, and follows what is told. Returns the findings of its kind. */
export async function endByHand(place: DamageHost, { kind, script }: Damage): Promise<string> {
  await run(place.host, script(await lookAgain(place.host)))
  await place.host.vethra('doctor', '--repair')
  const { stdout } = await place.host.vethra('doctor', '--format', 'json')
  const told = (JSON.parse(stdout) as readonly FindingRow[]).filter(({ Kind }) => Kind === kind)
  for (const { Fix } of told) await demand(run(place.host, Fix))
  return told.map(({ Kind, Repair }) => `${Kind}${Repair}`).join()
}

/** The entries that are in one of two snapshots alone. */
export function differences(before: Snapshot, after: Snapshot): readonly string[] {
  const kinds = ['links', 'rules', 'files', 'processes'] as const
  return kinds.flatMap((kind) => [
    ...before[kind].filter((each) => !after[kind].includes(each)).map((each) => `lost: ${each}`),
    ...after[kind].filter((each) => !before[kind].includes(each)).map((each) => `left: ${each}`),
  ])
}

/** Repairs, killed before the N-th step that changes something. Whether it was killed before it was done. */
export async function repairAndKill(
  { host }: Pick<DamageHost, 'host'>,
  step: number,
): Promise<boolean> {
  const env = { VETHRA_FAULT: `kill:${step}` }
  const { exitCode } = await host.run([executable, 'doctor', '--repair'], { env })
  return exitCode !== 0
}
