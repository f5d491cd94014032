import type {
  DesiredAttachment,
  DesiredContainer,
  DesiredPort,
  DesiredState,
} from './desired-state.ts'
import { type Finding, finding, repairable } from './finding.ts'

/** Ports that running containers asked for, and that none of their networks publishes. */
export function publishedFindings({ attachments, containers }: DesiredState): readonly Finding[] {
  const byContainer = Map.groupBy(attachments, ({ containerId }) => containerId)
  return containers.flatMap((each) => {
    const own = byContainer.get(each.containerId) ?? []
    if (each.ports === undefined || own.length === 0) return []
    const publisher = own.find(({ publishes }) => publishes === 'does')
    return publisher === undefined
      ? [unpublished(each, each.ports, own)]
      : deadEnds(each, each.ports, publisher)
  })
}

function unpublished(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  own: readonly DesiredAttachment[],
): Finding {
  const known = {
    kind: 'ports-unpublished',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} are missing: none of its networks can publish them`,
    evidence: [
      ...ports.map(textOf),
      `its networks: ${own.map(({ network }) => network).join(', ')}`,
    ],
  } as const
  if (own.some(({ publishes }) => publishes === 'could')) {
    return repairable({ ...known, repair: { kind: 'publish-ports', namespace, id } })
  }
  const fix = `vethra network connect NETWORK ${id}   (a network whose plugins publish ports)`
  return finding({ ...known, severity: 'error', ours: true, fix })
}

// Behind an address of the host of one family is an address of the container of the same.
function deadEnds(
  { namespace, id }: DesiredContainer,
  ports: readonly DesiredPort[],
  { network, addresses }: DesiredAttachment,
): readonly Finding[] {
  const families = new Set(addresses.map(({ address }) => familyOf(address)))
  const dead = ports.filter(({ hostIp }) => hostIp !== '' && !families.has(familyOf(hostIp)))
  if (dead.length === 0) return []
  return [
    finding({
      kind: 'ports-unreachable',
      severity: 'warning',
      subject: { kind: 'container', name: `${namespace}/${id}` },
      message: `published ports of container ${id} reach no container: network ${network} gives it no address of their family`,
      evidence: dead.map(textOf),
      ours: true,
    }),
  ]
}

function textOf({ hostIp, hostPort, containerPort, protocol }: DesiredPort): string {
  const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp || '0.0.0.0'
  return `asked for: ${host}:${hostPort} -> ${containerPort}/${protocol}`
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}
