import { contains, overlaps, type Prefix, readAddress, readCidr } from '@vethra/address'
import type { Compared } from './compared.ts'
import type { DesiredAddress, DesiredAttachment, DesiredNetwork } from './desired-state.ts'
import { about, type Finding, finding, warning } from './finding.ts'
import { shellWord } from './shell-word.ts'

/** Bridge networks that were changed under their containers, and whose subnets others use, too: other networks, addresses and routes of the host. */
export function subnetFindings({
  desired,
  observed,
  bridges: wanted,
  links,
}: Compared): readonly Finding[] {
  const { attachments } = desired
  const bridged = desired.networks.filter(({ bridge }) => bridge !== undefined)
  const bridges = new Set(bridged.map(({ bridge }) => bridge))
  const own = new Set(attachments.flatMap(({ hostLink }) => hostLink ?? []))
  const lost = new Set(
    [...wanted.values()].flatMap((each) => (links.has(each.name) ? [] : each.mac)),
  )
  const isRenamed = (device: string) => {
    const { bridge, mac } = links.get(device) ?? {}
    return bridge === true && mac !== undefined && lost.has(mac)
  }
  const isOther = (device: string) => !bridges.has(device) && !own.has(device) && !isRenamed(device)
  const used = [
    ...observed.links
      .filter(({ name }) => isOther(name))
      .flatMap(({ name, addresses }) =>
        uses(addresses, `interface ${name}`).map((each) => ({
          ...each,
          // What has a subnet may be how the host is reached.
          ...(/\/(32|128)$/.test(each.text) ? { fix: removalOf(each.text, name) } : {}),
        })),
      ),
    ...observed.routes
      .filter(({ device }) => isOther(device))
      .flatMap(({ prefix, device }) =>
        uses([prefix], device === '' ? 'a route' : `the route by ${device}`).map((each) => ({
          ...{ ...each, isRefused: device === '', fix: deletionOf(prefix, device) },
        })),
      ),
  ]
  const busy = new Set(attachments.map(({ network }) => network))
  return bridged.flatMap((network, index) => [
    changed(network, attachments),
    ...withNetworks(network, bridged.slice(0, index)),
    ...withHost(network, used, busy.has(network.name)),
  ])
}

// Another subnet alone cuts nobody off: the bridge has the address that it had.
function changed(network: DesiredNetwork, attachments: readonly DesiredAttachment[]): Finding {
  const { name, file, bridge, ours } = network
  const subnets = prefixesOf(network.subnets)
  const isOut = ({ address }: DesiredAddress) => {
    const value = readAddress(address)
    const alike = subnets.filter(({ prefix }) => prefix.family === value?.family)
    return alike.length > 0 && !alike.some(({ prefix }) => value && contains(prefix, value))
  }
  const evidence = attachments.flatMap((each) => {
    if (each.network !== name) return []
    const former = each.bridge && each.bridge.name !== bridge ? [`bridge ${each.bridge.name}`] : []
    const out = each.addresses.filter(isOut).map(({ address }) => `address ${address}`)
    const was = [...former, ...out].join(' and ')
    return was === '' ? [] : [`container ${each.containerId} was attached with ${was}`]
  })
  return warning('network-changed', about('network', name), {
    message: `the conf list of network ${name} was changed under its containers: those that start from now on may not reach them`,
    evidence: [...evidence.slice(0, 5), ...(evidence.length > 5 ? ['and others'] : [])],
    ours,
    fix: `put the bridge and the subnets of then into ${file} again, or stop and start its containers`,
  })
}

interface Use {
  readonly prefix: Prefix
  readonly text: string
  readonly by: string
  /** The command that ends it, where it is a route. */
  readonly fix?: string
  /** Whether the route leads to no interface. Default false. */
  readonly isRefused?: boolean
}

// A default route holds every address and takes none; a link-local address is on every link.
function uses(texts: readonly string[], by: string): readonly Use[] {
  return prefixesOf(texts)
    .filter(({ prefix, text }) => prefix.length > 0 && !/^fe80:/i.test(text))
    .map((each) => ({ ...each, by }))
}

function withNetworks(
  network: DesiredNetwork,
  others: readonly DesiredNetwork[],
): readonly Finding[] {
  return others.flatMap((other) => {
    if (other.bridge === network.bridge) return []
    const theirs = prefixesOf(other.subnets)
    const shared = prefixesOf(network.subnets).find(({ prefix }) =>
      theirs.some((their) => overlaps(prefix, their.prefix)),
    )
    return shared ? [collision(network, shared.text, { other: `network ${other.name}` })] : []
  })
}

function withHost(
  network: DesiredNetwork,
  used: readonly Use[],
  busy: boolean,
): readonly Finding[] {
  return prefixesOf(network.subnets).flatMap(({ text, prefix }) => {
    // Many a host refuses what is for private addresses that it has no other route for.
    const isBehind = (each: Use) => each.isRefused && each.prefix.length < prefix.length
    const their = used.find((each) => overlaps(each.prefix, prefix) && !isBehind(each))
    if (their === undefined) return []
    // The kernel takes the longer prefix: a shorter one only hides the network behind ours.
    const isInFront = their.prefix.length >= prefix.length
    const severity = busy && isInFront ? 'error' : 'warning'
    const fix = isInFront ? their.fix : undefined
    return [collision(network, text, { other: `${their.by}, ${their.text}`, severity, fix })]
  })
}

function removalOf(address: string, device: string): string {
  return `ip address delete ${address} dev ${shellWord(device)}`
}

function deletionOf(prefix: string, device: string): string {
  return `ip route delete ${prefix}${device === '' ? '' : ` dev ${shellWord(device)}`}`
}

function collision(
  { name, ours, file }: DesiredNetwork,
  subnet: string,
  {
    other,
    severity = 'warning',
    fix = `vethra network rm ${name} && vethra network create ${name} --subnet ANOTHER`,
  }: { other: string; severity?: Finding['severity']; fix?: string | undefined },
): Finding {
  return finding('subnet-collides', about('network', `${name} ${subnet}`), {
    severity,
    message: `subnet ${subnet} of network ${name} overlaps ${other}: traffic may reach the wrong one`,
    evidence: [`${file} has ${subnet}`, `in use: ${other}`],
    ours,
    fix,
  })
}

function prefixesOf(texts: readonly string[]): readonly { text: string; prefix: Prefix }[] {
  return texts.flatMap((text) => {
    const prefix = readCidr(text)?.prefix
    return prefix ? [{ text, prefix }] : []
  })
}
