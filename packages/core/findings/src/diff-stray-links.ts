import { isLocal, readAddress } from '@vethra/address'
import { reasonToKeep } from '@vethra/ipam'
import { ownerMark } from '@vethra/state'
import type { Compared } from './compared.ts'
import { about, type Finding, finding, warning } from './finding.ts'
import { shellWord } from './shell-word.ts'

/**
 * Interfaces of the host that bear the mark of an attachment that is not remembered. None is surely dead, though it be
 * down: a plugin of ours that another runtime calls leaves no record, and an interface goes with its container.
 */
export function leftLinkFindings({ observed }: Compared): readonly Finding[] {
  const { links, attachments, signs, nowMs } = observed
  const marks = new Set(attachments.map((each) => ownerMark({ kind: 'attachment', ...each })))
  return links.flatMap(({ name, owner, up }) => {
    if (owner?.kind !== 'attachment' || marks.has(ownerMark(owner))) return []
    const { containerId, network, ifname } = owner
    const sign = reasonToKeep({ address: '', containerId, sinceMs: 0 }, signs, nowMs)
    return warning('interface-left', about('interface', name), {
      message: `interface ${name} may be left of container ${containerId} in network ${network}, which is not attached`,
      evidence: [
        `its alias names container ${containerId}, interface ${ifname} and network ${network}`,
        `it is ${up ? 'up' : 'down'}: another runtime may have made it`,
        sign ?? 'that container shows no sign of life',
      ],
      ours: true,
      fix: `ip link delete ${shellWord(name)}   (where that container is gone)`,
    })
  })
}

/** Orphaned interfaces on bridges of ours: no known container has their other end. */
export function strayLinkFindings({ desired, observed }: Compared): readonly Finding[] {
  const { attachments, links } = observed
  const bridges = new Map(
    desired.networks.flatMap(({ ours, bridge, name }) => (ours && bridge ? [[bridge, name]] : [])),
  )
  // Of a dead attachment it goes with the namespace, in a moment.
  const known = new Set(attachments.flatMap(({ hostLink }) => hostLink ?? []))
  // Nobody can tell which interface is that of an attachment whose making is not remembered.
  const unclear = new Set(
    attachments.flatMap(({ hostLink, network }) => (hostLink ? [] : [network])),
  )
  return links.flatMap(({ name, owner, master = '' }) => {
    const network = bridges.get(master)
    if (network === undefined || owner || known.has(name) || unclear.has(network)) return []
    return warning('interface-stray', about('interface', name), {
      message: `interface ${name} on bridge ${master} of network ${network} is orphaned: it belongs to no known attachment`,
      evidence: [`${name} is a port of ${master}`],
      // It may be somebody's: without the bridge it harms nobody.
      fix: `ip link set ${shellWord(name)} nomaster`,
    })
  })
}

/** Addresses of containers that an interface of the host has, too: what is for them stays on the host. Each has its own loopback. */
export function takenFindings({ desired, observed }: Compared): readonly Finding[] {
  const wanted = new Map(
    desired.attachments.flatMap((each) =>
      each.addresses.map(({ address }) => [address, each] as const),
    ),
  )
  return observed.links.flatMap(({ name, addresses }) =>
    addresses.flatMap((each) => {
      const text = each.replace(/\/.*/, '')
      const attachment = wanted.get(text)
      // Of a thousand few are wanted, and an IPv6 address takes time to be read.
      const address = attachment && readAddress(text)
      if (attachment === undefined || address === undefined || isLocal(address)) return []
      return finding('address-taken', attachment, {
        message: `the host keeps what is for container ${attachment.containerId} in network ${attachment.network}: its interface ${name} has the address of that container`,
        evidence: [`${name} has ${each}`],
        fix: `ip address delete ${each} dev ${shellWord(name)}`,
      })
    }),
  )
}

/** Entries of bridges by hand that send what is for a container's MAC to another port, or to the host. */
export function bridgeEntryFindings({ desired, observed }: Compared): readonly Finding[] {
  const wanted = new Map(
    desired.attachments.map((each) => [`${each.bridge?.name} ${each.mac}`, each] as const),
  )
  return (observed.bridgeEntries ?? []).flatMap(({ bridge, device, mac, isLocal, vlan }) => {
    const attachment = wanted.get(`${bridge} ${mac}`)
    if (attachment === undefined || (device === attachment.hostLink && !isLocal)) return []
    const { network, containerId } = attachment
    return finding('neighbour-wrong', attachment, {
      message: `bridge ${bridge} sends what is for container ${containerId} in network ${network} elsewhere: an entry of its forwarding table was made by hand`,
      evidence: [`${mac} is at ${isLocal ? `the host, by ${device}` : device}`],
      fix: `bridge fdb delete ${mac} dev ${shellWord(device)}${vlan === undefined ? '' : ` vlan ${vlan}`} ${device === bridge ? 'self' : 'master'}`,
    })
  })
}

/** Entries by hand that send what is for a container to another MAC. */
export function neighbourFindings({ desired, observed }: Compared): readonly Finding[] {
  const { neighbours = [] } = observed
  if (neighbours.length === 0) return []
  const wanted = new Map(
    desired.attachments.flatMap((each) =>
      each.addresses.map(({ address }) => [`${each.bridge?.name} ${address}`, each] as const),
    ),
  )
  return neighbours.flatMap(({ device, address, mac }) => {
    const attachment = wanted.get(`${device} ${address}`)
    if (attachment?.mac === undefined || attachment.mac === mac) return []
    return finding('neighbour-wrong', attachment, {
      message: `the host sends what is for container ${attachment.containerId} in network ${attachment.network} to another MAC: a neighbour entry was made by hand`,
      evidence: [`${address} on ${device} is ${mac}, and the container has ${attachment.mac}`],
      fix: `ip neigh delete ${address} dev ${shellWord(device)}`,
    })
  })
}

/** Filters of tc(8) that take packets of containers from a bridge, or from the host's interface of one. Plugin bandwidth makes its own. */
export function trafficFilterFindings({ desired, observed }: Compared): readonly Finding[] {
  const wanted = new Map(
    desired.attachments.flatMap((each) =>
      [each.bridge?.name, each.bridge?.shapes ? undefined : each.hostLink].flatMap((name) =>
        name === undefined ? [] : [[name, each.network] as const],
      ),
    ),
  )
  return (observed.trafficFilters ?? []).flatMap(({ device, hook }) => {
    const network = wanted.get(device)
    if (network === undefined) return []
    return warning('interface-filtered', about('interface', `${device} ${hook}`), {
      message: `a filter at ${hook} of interface ${device} drops packets of network ${network}, or sends them elsewhere`,
      evidence: [`tc filter show dev ${device} ${hook}`],
      fix: `tc filter delete dev ${shellWord(device)} ${hook}`,
    })
  })
}
