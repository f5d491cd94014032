import { overlaps, type Prefix, readCidr } from '@vethra/address'
import type { DesiredNetwork, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Subnets of bridge networks that others use, too: other networks, addresses and routes of the host. */
export function subnetFindings(
  { networks, attachments }: DesiredState,
  { links, routes }: ObservedState,
): readonly Finding[] {
  const bridged = networks.filter(({ bridge }) => bridge !== undefined)
  const bridges = new Set(bridged.map(({ bridge }) => bridge))
  const own = new Set(attachments.flatMap(({ hostLink }) => hostLink ?? []))
  const others = (device: string) => !bridges.has(device) && !own.has(device)
  const used: readonly Used[] = [
    ...links.flatMap(({ name, addresses }) =>
      others(name) ? addresses.flatMap((each) => usedBy(each, `interface ${name}`, 'address')) : [],
    ),
    ...routes.flatMap(({ prefix, device }) =>
      others(device)
        ? usedBy(prefix, device === '' ? 'a route' : `the route by ${device}`, 'route')
        : [],
    ),
  ]
  const busy = new Set(attachments.map(({ network }) => network))
  return bridged.flatMap((network, index) => [
    ...withNetworks(network, bridged.slice(0, index)),
    ...withHost(network, used, busy.has(network.name)),
  ])
}

interface Used {
  readonly prefix: Prefix
  readonly text: string
  readonly by: string
  readonly source: 'address' | 'route'
}

// A default route holds every address and takes none; a link-local address is on every link.
function usedBy(text: string, by: string, source: Used['source']): readonly Used[] {
  const prefix = readCidr(text)?.prefix
  if (!prefix || prefix.length === 0 || /^fe80:/i.test(text)) return []
  return [{ prefix, text, by, source }]
}

function withNetworks(
  network: DesiredNetwork,
  others: readonly DesiredNetwork[],
): readonly Finding[] {
  return others.flatMap((other) => {
    if (other.bridge === network.bridge) return []
    const shared = prefixesOf(network).find((each) =>
      prefixesOf(other).some((their) => overlaps(each.prefix, their.prefix)),
    )
    return shared === undefined ? [] : [collision(network, shared.text, `network ${other.name}`)]
  })
}

function withHost(
  network: DesiredNetwork,
  used: readonly Used[],
  busy: boolean,
): readonly Finding[] {
  return prefixesOf(network).flatMap(({ text, prefix }) => {
    const their = used.find((each) => overlaps(each.prefix, prefix))
    if (their === undefined) return []
    // The kernel takes the longer prefix: a shorter one only hides the network behind ours.
    const severity = busy && their.prefix.length >= prefix.length ? 'error' : 'warning'
    return [{ ...collision(network, text, `${their.by}, ${their.text}`), severity }]
  })
}

function collision({ name, ours, file }: DesiredNetwork, subnet: string, other: string): Finding {
  return finding({
    kind: 'subnet-collides',
    severity: 'warning',
    subject: { kind: 'network', name: `${name} ${subnet}` },
    message: `subnet ${subnet} of network ${name} overlaps ${other}: traffic may reach the wrong one`,
    evidence: [`${file} has ${subnet}`, `in use: ${other}`],
    ours,
    fix: `vethra network rm ${name} && vethra network create ${name} --subnet ANOTHER`,
  })
}

function prefixesOf({ subnets }: DesiredNetwork): readonly { text: string; prefix: Prefix }[] {
  return subnets.flatMap((text) => {
    const prefix = readCidr(text)?.prefix
    return prefix ? [{ text, prefix }] : []
  })
}
