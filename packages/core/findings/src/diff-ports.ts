import type { Compared } from './compared.ts'
import type { DesiredAttachment, DesiredContainer } from './desired-state.ts'
import { about, type Finding, finding, idsOf, refOf, warning } from './finding.ts'
import type { ObservedPortHold } from './observed-state.ts'

/** Ports of the host that are held for containers that are gone, and those of living ones that are not held. */
export function portFindings({
  desired,
  observed,
  byContainer,
  ourContainers,
}: Compared): readonly Finding[] {
  const { portHolds, signs } = observed
  const led = new Set(
    observed.firewall.flatMap(({ owned }) =>
      [...owned.values()].flatMap(({ claim }) => claim?.containerId ?? []),
    ),
  )
  // It left its networks, and publishes its ports by the next one that it joins.
  const alone = idsOf(observed.containers.filter(({ lives }) => lives))
  // Where records and results were removed, the rules of its plugins are all that tells of a container.
  const attached = (containerId: string) =>
    signs.running.has(containerId) ||
    signs.namespaces.has(containerId) ||
    alone.has(containerId) ||
    (byContainer.get(containerId)?.some(({ state }) => state !== 'gone') ?? led.has(containerId))
  const living = portHolds.filter(({ alive }) => alive)
  const held = Map.groupBy(living, ({ containerId }) => containerId)
  const restorable = idsOf(observed.containers.filter((each) => each.restorable))
  const published = idsOf(desired.attachments.filter(({ ports }) => ports.length > 0))
  return [
    ...portHolds
      .filter(({ containerId, recorded }) => recorded || ourContainers.has(containerId))
      .filter(({ containerId }) => !attached(containerId))
      .map(left),
    ...desired.containers
      .filter(({ containerId, known }) => known && published.has(containerId))
      .filter(({ containerId }) => restorable.has(containerId))
      .map((each) => unheld(each, held.get(each.containerId))),
  ]
}

function left({ containerId, sockets, pid, alive }: ObservedPortHold): Finding {
  return finding('ports-left', about('port', `${containerId} ${sockets.join(' ')}`.trim()), {
    severity: alive ? 'error' : 'warning',
    message: alive
      ? `ports ${sockets.join(', ')} are taken for container ${containerId}, which is not attached: no other container can bind them`
      : `a record says that ports are held for container ${containerId}, which is not attached`,
    evidence: [alive ? `process ${pid} holds them` : 'no process holds them any more'],
    repair: { kind: 'release-ports', containerId, sockets },
  })
}

function unheld(
  container: DesiredContainer,
  holds: readonly ObservedPortHold[] | undefined,
): Finding {
  const { namespace, id } = container
  const repair = { kind: 'hold-ports', namespace, id } as const
  if (holds === undefined)
    return finding('ports-unheld', container, {
      message: `published ports of container ${id} are not held on the host: another program can bind them, and receives nothing`,
      evidence: ['it is running, and no process holds its ports'],
      repair,
    })
  if (!holds.some(({ recorded }) => recorded))
    return warning('ports-unrecorded', container, {
      message: `no record names the process that holds the published ports of container ${id}: they may stay taken when it is gone`,
      evidence: holds.map(({ pid, sockets }) => `process ${pid} holds ${sockets.join(', ')}`),
      repair,
    })
  const lost = holds.flatMap(({ unforwarded = [] }) => unforwarded)
  return finding('ports-unforwarded', container, {
    message: `published ports of container ${id} do not answer outside of RootlessKit, which forwards none to them`,
    evidence: lost.map((each) => `no forwarded port leads to ${each}`),
    repair,
  })
}

/** A port of the host and the end that a rule leads it to, as one text. */
export function portLead(
  { protocol, hostPort }: { readonly protocol: string; readonly hostPort: number },
  end: string,
): string {
  return `${protocol}/${hostPort} ${end}`
}

/**
 * Published ports of pods, of containers that other programs attached, and of those that portmap publishes by nftables as a program,
 * that no rule leads to them. Their program alone makes these rules. None where rules could not be read.
 */
export function foreignPortFindings({ observed }: Compared): readonly Finding[] {
  const { attachments, firewall, table, host } = observed
  const all = attachments.filter(
    ({ published = [], state }) => published.length > 0 && state !== 'gone',
  )
  const isSeen = table.leads && firewall.length > 0 && host.unreadableRules.length === 0
  if (!isSeen || all.length === 0) return []
  const leads = new Set([
    ...(table.leads ?? []),
    ...firewall.flatMap(({ publishes, owned, ledByOthers = [] }) => [
      ...(publishes ? [...owned.values()] : []).flatMap(({ published }) =>
        published.map((each) => portLead(each, each.target)),
      ),
      ...ledByOthers.map(({ protocol, first, to }) => portLead({ protocol, hostPort: first }, to)),
    ]),
  ])
  return all.map((each) => {
    const { published = [], pod, containerId, ours } = each
    const lost = published.filter(
      (port) => !port.ends.some((end) => leads.has(portLead(port, end))),
    )
    const who = pod === undefined ? `container ${containerId}` : `pod ${pod || containerId}`
    return warning('ports-closed', each, {
      message: `published ports of ${who} do not answer: no rule leads to it`,
      evidence: lost.map(
        ({ protocol, hostPort, ends }) =>
          `no rule sends ${protocol} port ${hostPort} to ${ends.join(' or ')}`,
      ),
      ours,
      fix:
        pod === undefined
          ? `stop and start it${ours ? '' : ' with the program that made it'}`
          : 'delete the pod, so that its runtime makes another: kubectl delete pod',
    })
  })
}

/** Networks that Vethra or nerdctl made, whose published ports leave clients at ::1 waiting. */
export function loopbackFindings({ desired }: Compared): readonly Finding[] {
  return desired.networks
    .filter(({ ours, hangsAtLoopback }) => ours && hangsAtLoopback)
    .map(({ name, file }) =>
      warning('loopback-unanswered', about('network', name), {
        message: `connections to published ports of network ${name} at [::1] hang: no packet from ::1 leaves the host`,
        evidence: [`${file}: plugin portmap has no conditionsV6`],
        ours: true,
        fix: `add "conditionsV6": ["!", "-d", "::1"] to plugin portmap in ${file}, and start its containers again`,
      }),
    )
}

/**
 * UDP packets to a published port that the kernel still sends to a container of before: it remembers the
 * way of each sender, and goes on as long as packets come (plugins#123).
 */
export function flowFindings(
  attachment: DesiredAttachment,
  { observed: { flows } }: Compared,
): Finding | readonly [] {
  if (flows.length === 0) return []
  const own = attachment.addresses.map(({ address }) => address)
  // What is sent to another address of the host may be another's to publish.
  const published = attachment.ports.filter(
    ({ protocol, hostIp }) => protocol === 'udp' && hostIp === '',
  )
  const stale = flows.filter(
    ({ hostPort, target }) =>
      published.some((port) => port.hostPort === hostPort) &&
      own.some((address) => address.includes(':') === target.includes(':')) &&
      !own.includes(target),
  )
  const repair = { kind: 'restore-rules', effects: ['ports'], left: true } as const
  return finding('flow-stale', attachment, {
    message: `container ${attachment.containerId} misses traffic to its published UDP ports: a stale conntrack entry sends it to a removed container`,
    evidence: stale.map(
      ({ hostPort, target }) => `packets to port ${hostPort} still go to ${target}`,
    ),
    repair: { ...repair, attachment: refOf(attachment) },
  })
}
