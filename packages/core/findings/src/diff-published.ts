import { familyOf } from '@vethra/cni'
import type { ForwardedPorts, OwnedRules } from '@vethra/firewall'
import type {
  DesiredAttachment,
  DesiredContainer,
  DesiredPort,
  DesiredState,
} from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedState } from './observed-state.ts'

/** Ports that running containers asked for, and that none of their networks publishes, or that lead nowhere on this host. */
export function publishedFindings(
  { attachments, containers }: DesiredState,
  observed: ObservedState,
  { ourContainers }: Pick<Maps, 'ourContainers'>,
): readonly Finding[] {
  const byContainer = Map.groupBy(attachments, ({ containerId }) => containerId)
  const claims = publishedByPort(observed, ourContainers)
  return containers.flatMap((each) => {
    const own = byContainer.get(each.containerId) ?? []
    if (each.ports === undefined || own.length === 0) return []
    const publisher = own.find(({ publishes }) => publishes === 'does')
    return publisher === undefined
      ? [unpublished(each, each.ports, own)]
      : [
          deadEnds(each, each.ports, publisher),
          withoutAddress(each, each.ports, observed),
          ledElsewhere(each, each.ports, [
            ...leadsOfOthers(each.ports, observed),
            ...leadsOfPlugins(each.ports, claims),
          ]),
        ]
  })
}

function unpublished(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  own: readonly DesiredAttachment[],
): Finding {
  const isRepairable = own.some(({ publishes }) => publishes === 'could')
  const fix = `vethra network connect NETWORK ${id}   (a network whose plugins publish ports)`
  return finding({
    kind: 'ports-unpublished',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} are missing: none of its networks can publish them`,
    evidence: [
      ...ports.map(textOf),
      `its networks: ${own.map(({ network }) => network).join(', ')}`,
    ],
    ...(isRepairable ? { repair: { kind: 'publish-ports', namespace, id } } : { ours: true, fix }),
  })
}

// Behind an address of the host of one family is an address of the container of the same.
function deadEnds(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  { network, addresses }: DesiredAttachment,
): Finding {
  const families = new Set(addresses.map(({ address }) => familyOf(address)))
  const dead = ports.filter(({ hostIp }) => hostIp !== '' && !families.has(familyOf(hostIp)))
  return finding({
    kind: 'ports-unreachable',
    severity: 'warning',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} reach no container: network ${network} gives it no address of their family`,
    evidence: dead.map(textOf),
    ours: true,
  })
}

function withoutAddress(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  { links }: ObservedState,
): Finding {
  const isThere = (ip: string) =>
    links.some(({ addresses }) => addresses.some((each) => each.startsWith(`${ip}/`)))
  const named = ports.filter(
    ({ hostIp }) => !['', '0.0.0.0', '::', '::1'].includes(hostIp) && !hostIp.startsWith('127.'),
  )
  const lost = named.filter(({ hostIp }) => !isThere(hostIp))
  return finding({
    kind: 'ports-without-address',
    severity: 'warning',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} do not answer: no interface of the host has their address`,
    evidence: lost.map(textOf),
    fix: `ip addr add ${lost[0]?.hostIp}/PREFIX dev INTERFACE   (or publish on another address)`,
  })
}

function leadsOfOthers(
  ports: readonly DesiredPort[],
  { firewall }: ObservedState,
): readonly string[] {
  return firewall.flatMap(({ family, ledByOthers = [] }) =>
    ledByOthers
      .filter((led) => ports.some((each) => meets(led, each)))
      .map(
        ({ chain, to }) =>
          `IPv${family}: chain ${chain} of table nat leads it to ${to || 'a port of the host'}`,
      ),
  )
}

/** A port that the rules of a CNI plugin lead to a container. */
interface PluginLead {
  readonly led: ForwardedPorts
  readonly claim: OwnedRules['claim']
}

// What containers of ours have left is a finding of its own.
function publishedByPort(
  { firewall }: ObservedState,
  ours: ReadonlySet<string>,
): ReadonlyMap<string, readonly PluginLead[]> {
  const leads = firewall
    .flatMap(({ owned }) =>
      [...owned.values()].flatMap(({ mark, claim, published }) =>
        published.map(({ protocol, hostPort, target, address = '' }) => ({
          led: { protocol, address, first: hostPort, last: hostPort, chain: mark, to: target },
          claim,
        })),
      ),
    )
    .filter(({ claim }) => !ours.has(claim?.containerId ?? ''))
  return Map.groupBy(leads, ({ led }) => portKey(led.protocol, led.first))
}

// nerdctl 1.x looks at no port before it publishes it, and neither do runtimes of pods.
function leadsOfPlugins(
  ports: readonly DesiredPort[],
  claims: ReadonlyMap<string, readonly PluginLead[]>,
): readonly string[] {
  return ports.flatMap((port) =>
    (claims.get(portKey(port.protocol, port.hostPort)) ?? [])
      .filter(({ led }) => meets(led, port))
      .map(
        ({ led: { chain, to }, claim }) =>
          `chain ${chain} of table nat leads it to ${to}, for container ${claim?.containerId ?? '(unknown)'}`,
      ),
  )
}

function portKey(protocol: string, port: number): string {
  return `${protocol}/${port}`
}

// Whose rule comes first is a matter of priorities: either may have the port.
function ledElsewhere(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  leads: readonly string[],
): Finding {
  return finding({
    kind: 'ports-led-elsewhere',
    severity: 'warning',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} may not answer: rules of others lead them elsewhere`,
    evidence: leads.length === 0 ? [] : [...ports.map(textOf), ...leads],
    fix: 'iptables -t nat -S; ip6tables -t nat -S   (remove the rule, or publish another port)',
  })
}

function meets({ protocol, address, first, last }: ForwardedPorts, port: DesiredPort): boolean {
  const { hostIp, hostPort } = port
  const isSame = address === '' || ['', '0.0.0.0', '::'].includes(hostIp) || address === hostIp
  return (
    (protocol === '' || protocol === port.protocol) &&
    isSame &&
    first <= hostPort &&
    hostPort <= last
  )
}

function textOf({ hostIp, hostPort, containerPort, protocol }: DesiredPort): string {
  const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp || '0.0.0.0'
  return `asked for: ${host}:${hostPort} -> ${containerPort}/${protocol}`
}
