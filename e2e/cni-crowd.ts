import { writeFile } from 'node:fs/promises'
import { executable, type Host, plugins, type Ran } from './host.ts'

/** One of many that attach and detach at the same time. */
export interface Member {
  readonly netns: string
  readonly network: string
  /** Its container id, for those who call the plugins themselves. */
  readonly id: string
}

/** How members are attached and detached. */
export type Way = (operation: 'add' | 'del', member: Member) => Promise<Ran>

/** Makes networks of the default chain with ingressPolicy same-bridge; returns their names. */
export async function makeNetworks(host: Host, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `net${index}`)
  for (const [index, name] of names.entries()) {
    const subnet = `10.7${index}.0.0/24`
    const created = await host.vethra('network', 'create', name, '--subnet', subnet)
    if (created.exitCode !== 0) throw new Error(created.stderr)
  }
  return names
}

/** Makes namespaces, and spreads them over networks in turn. */
export async function makeMembers(
  host: Host,
  count: number,
  networks: readonly string[],
): Promise<readonly Member[]> {
  const members = Array.from({ length: count }, (_, index) => ({
    netns: `/run/netns/m${index}`,
    network: networks[index % networks.length] ?? '',
    id: `bare-${index}`,
  }))
  await host.run([
    'sh',
    '-c',
    'for m in "$@"; do ip netns add "$(basename $m)"; done',
    'sh',
    ...members.map(({ netns }) => netns),
  ])
  return members
}

/** Takes the namespaces away again. */
export async function removeMembers(host: Host, members: readonly Member[]): Promise<void> {
  await host.run([
    'sh',
    '-c',
    'for m in "$@"; do ip netns del "$(basename $m)"; done',
    'sh',
    ...members.map(({ netns }) => netns),
  ])
}

/** Attaching through the executable. */
export function byVethra(host: Host): Way {
  return (operation, { network, netns }) => host.run([executable, 'cni', operation, network, netns])
}

/** Attaching by the plugins alone, each given its request and the previous result, without any lock. */
export async function byBareChain(host: Host, networks: readonly string[]): Promise<Way> {
  for (const network of networks) {
    const file = `/etc/cni/net.d/nerdctl-${network}.conflist`
    const text = (await host.run(['cat', file])).stdout
    await writeFile(`${host.folder}/${network}.sh`, bareChain(text))
  }
  return (operation, { network, netns, id }) =>
    host.run(['sh', `${host.folder}/${network}.sh`, operation], {
      env: { CNI_CONTAINERID: id, CNI_NETNS: netns, CNI_IFNAME: 'eth0', CNI_ARGS: '' },
    })
}

/**
 * A shell script that calls the plugins of a conf list for `add` or `del`, each with its request and the
 * previous result, and nothing else. Its variables are the caller's, but CNI_COMMAND. The plugins that
 * declare a capability of `capabilityArgs` get it.
 */
export function bareChain(
  text: string,
  capabilityArgs: Readonly<Record<string, unknown>> = {},
): string {
  const list = JSON.parse(text) as {
    name: string
    cniVersion: string
    plugins: { type: string; capabilities?: Readonly<Record<string, boolean>> }[]
  }
  const requests = list.plugins.map(({ capabilities = {}, ...plugin }) => {
    const own = Object.entries(capabilityArgs).filter(([name]) => capabilities[name])
    const runtimeConfig = own.length > 0 ? { runtimeConfig: Object.fromEntries(own) } : {}
    const { cniVersion, name } = list
    const head = JSON.stringify({ ...plugin, cniVersion, name, ...runtimeConfig }).slice(0, -1)
    return { type: plugin.type, head }
  })
  const call = ({ type, head }: (typeof requests)[number], previous: string) =>
    `printf '%s%s}' '${head}' "${previous}" | ${plugins}/${type}`
  return [
    'if [ "$1" = add ]; then',
    'export CNI_COMMAND=ADD',
    ...requests.map(
      (request, index) =>
        `R=$(${call(request, index === 0 ? '' : ',\\"prevResult\\":$R')}) || { echo "$R" >&2; exit 1; }`,
    ),
    'printf "%s" "$R" > "/run/bare-$CNI_CONTAINERID"',
    'else',
    'export CNI_COMMAND=DEL; R=$(cat "/run/bare-$CNI_CONTAINERID"); rm "/run/bare-$CNI_CONTAINERID"',
    ...requests.toReversed().map((request) => `${call(request, ',\\"prevResult\\":$R')} || exit 1`),
    'fi\n',
  ].join('\n')
}

/** What a round of ADDs and DELs came to. */
export interface Round {
  readonly addMs: number
  readonly delMs: number
  /** What went wrong, in words; empty when nothing did. */
  readonly faults: readonly string[]
}

/**
 * All members attach at once, and then detach at once. Looks for failures, an address that two have,
 * and a rule that stands twice after the ADDs; with `strict` also for anything of theirs after the DELs.
 */
export async function playRound(host: Host, members: readonly Member[], way: Way): Promise<Round> {
  const faults: string[] = []
  const all = async (operation: 'add' | 'del') => {
    const began = performance.now()
    const rans = await Promise.all(members.map((member) => way(operation, member)))
    const elapsedMs = performance.now() - began
    for (const { exitCode, stderr } of rans) {
      if (exitCode !== 0) faults.push(`${operation} failed: ${stderr}`)
    }
    return elapsedMs
  }
  const addMs = await all('add')
  faults.push(...(await doubles(host)))
  const delMs = await all('del')
  faults.push(...(await leftBy(host)))
  return { addMs, delMs, faults }
}

async function doubles(host: Host): Promise<readonly string[]> {
  const addresses = (
    await host.run(['sh', '-c', 'cd /var/lib/cni/networks && ls -d */*.*.*.* | grep -v last_'])
  ).stdout.split('\n')
  const inside = (
    await host.run([
      'sh',
      '-c',
      'for n in $(ip netns list | cut -d" " -f1); do ip -n $n -o -4 addr show dev eth0; done',
    ])
  ).stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[3] ?? '')
  const { rules } = await host.snapshot()
  const appended = rules.filter((rule) => rule.startsWith('-A'))
  return [
    ...repeated(addresses).map((each) => `address reserved twice: ${each}`),
    ...repeated(inside).map((each) => `address used twice: ${each}`),
    ...repeated(appended).map((each) => `rule twice: ${each}`),
  ]
}

function repeated(items: readonly string[]): readonly string[] {
  return items.filter((item, index) => items.indexOf(item) !== index)
}

async function leftBy(host: Host): Promise<readonly string[]> {
  const { rules, files, links } = await host.snapshot()
  return [
    ...rules.filter((rule) =>
      /cnitool-|bare-|^:CNI-[0-9a-f]{24}|^:CNI-[DS]N-|10\.7\d\.0\.\d+\/32/.test(rule),
    ),
    ...files.filter((file) => /networks\/[^/]+\/\d|\/results\/|\/attachments\//.test(file)),
    ...links.filter((link) => /^veth/.test(link)),
  ].map((each) => `left: ${each}`)
}
