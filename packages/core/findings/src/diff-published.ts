import { familyOf } from '@vethra/cni'
import type { Compared } from './compared.ts'
import type { DesiredAttachment, DesiredContainer, DesiredPort } from './desired-state.ts'
import { type Finding, finding, warning } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Ports that running containers asked for, and that none of their networks publishes, or that lead nowhere on this host. */
export function publishedFindings({
  desired,
  observed,
  ourContainers,
}: Compared): readonly Finding[] {
  const byContainer = Map.groupBy(desired.attachments, ({ containerId }) => containerId)
  const plugins = leadsOfPlugins(observed, ourContainers)
  return desired.containers.flatMap((each) => {
    const own = byContainer.get(each.containerId) ?? []
    const { ports } = each
    if (ports === undefined || own.length === 0) return []
    const publisher = own.find(({ publishes }) => publishes === 'does')
    if (publisher === undefined) return unpublished(each, ports, own)
    const leads = ports.flatMap((port) =>
      (plugins.get(`${port.protocol}/${port.hostPort}`) ?? []).filter((led) => meets(led, port)),
    )
    return [
      deadEnds(each, ports, publisher),
      withoutAddress(each, ports, observed),
      // Whose rule comes first is a matter of priorities: either may have the port.
      warning('ports-led-elsewhere', each, {
        message: `published ports of container ${each.id} may not answer: rules of others lead them elsewhere`,
        evidence:
          leads.length === 0 ? [] : [...ports.map(textOf), ...leads.map(({ text }) => text)],
        fix: 'iptables -t nat -S; ip6tables -t nat -S   (stop that container, or publish another port)',
      }),
    ]
  })
}

function unpublished(
  container: DesiredContainer,
  ports: readonly DesiredPort[],
  own: readonly DesiredAttachment[],
): Finding {
  const { namespace, id } = container
  const isRepairable = own.some(({ publishes }) => publishes === 'could')
  const fix = `vethra network connect NETWORK ${id}   (a network whose plugins publish ports)`
  const networks = own.map(({ network }) => network).join(', ')
  return finding('ports-unpublished', container, {
    message: `published ports of container ${id} are missing: none of its networks can publish them`,
    evidence: [...ports.map(textOf), `its networks: ${networks}`],
    ...(isRepairable ? { repair: { kind: 'publish-ports', namespace, id } } : { ours: true, fix }),
  })
}

// Behind an address of the host of one family is an address of the container of the same.
function deadEnds(
  container: DesiredContainer,
  ports: readonly DesiredPort[],
  { network, addresses }: DesiredAttachment,
): Finding {
  const families = new Set(addresses.map(({ address }) => familyOf(address)))
  const dead = ports.filter(({ hostIp }) => hostIp !== '' && !families.has(familyOf(hostIp)))
  return warning('ports-unreachable', container, {
    message: `published ports of container ${container.id} reach no container: network ${network} gives it no address of their family`,
    evidence: dead.map(textOf),
    ours: true,
  })
}

function withoutAddress(
  container: DesiredContainer,
  ports: readonly DesiredPort[],
  { links }: ObservedState,
): Finding {
  const isThere = (ip: string) =>
    ip.startsWith('127.') ||
    [...anywhere, '::1'].includes(ip) ||
    links.some(({ addresses }) => addresses.some((each) => each.startsWith(`${ip}/`)))
  const lost = ports.filter(({ hostIp }) => !isThere(hostIp))
  return warning('ports-without-address', container, {
    message: `published ports of container ${container.id} do not answer: no interface of the host has their address`,
    evidence: lost.map(textOf),
    fix: `ip addr add ${lost[0]?.hostIp}/PREFIX dev INTERFACE   (or publish on another address)`,
  })
}

const anywhere: readonly string[] = ['', '0.0.0.0', '::']

/** A port that a rule of a plugin leads elsewhere. */
interface Lead {
  readonly port: string
  /** The address of the host that it is for; empty for each. */
  readonly address: string
  readonly text: string
}

// By port. nerdctl 1.x looks at no port before it publishes it, and neither do runtimes of pods. What containers of ours have
// left is a finding of its own.
function leadsOfPlugins(
  { firewall }: ObservedState,
  ours: ReadonlySet<string>,
): ReadonlyMap<string, readonly Lead[]> {
  const owned = firewall.flatMap((each) => [...each.owned.values()])
  const leads = owned.flatMap(({ mark, claim: { containerId = '' } = {}, published }) =>
    ours.has(containerId)
      ? []
      : published.map(({ protocol, hostPort, target, address = '' }) => ({
          ...{ port: `${protocol}/${hostPort}`, address },
          text: `chain ${mark} of table nat leads it to ${target}, for container ${containerId || '(unknown)'}`,
        })),
  )
  return Map.groupBy(leads, ({ port }) => port)
}

function meets({ address }: Lead, { hostIp }: DesiredPort): boolean {
  return address === '' || anywhere.includes(hostIp) || address === hostIp
}

function textOf({ hostIp, hostPort, containerPort, protocol }: DesiredPort): string {
  const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp || '0.0.0.0'
  return `asked for: ${host}:${hostPort} -> ${containerPort}/${protocol}`
}
