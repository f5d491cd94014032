import type { DesiredContainer, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedPortHold, ObservedState } from './observed-state.ts'

/** Ports of the host that are held for containers that are gone, and those of living ones that are not held. */
export function portFindings(
  { attachments, containers }: DesiredState,
  { portHolds, containers: observed, signs }: ObservedState,
  { byContainer, ourContainers }: Pick<Maps, 'byContainer' | 'ourContainers'>,
): readonly Finding[] {
  const attached = (containerId: string) =>
    signs.running.has(containerId) ||
    (byContainer.get(containerId) ?? []).some(
      ({ state }) => state === 'alive' || state === 'unknown',
    )
  const living = portHolds.filter(({ alive }) => alive)
  const held = Map.groupBy(living, ({ containerId }) => containerId)
  const restorable = new Set(
    observed.filter((each) => each.restorable).map(({ containerId }) => containerId),
  )
  const published = new Set(
    attachments.filter(({ ports }) => ports.length > 0).map(({ containerId }) => containerId),
  )
  return [
    ...portHolds
      .filter(({ containerId, recorded }) => recorded || ourContainers.has(containerId))
      .filter(({ containerId }) => !attached(containerId))
      .map(left),
    ...containers.flatMap((each) => {
      const { containerId, known } = each
      if (known !== true || !published.has(containerId) || !restorable.has(containerId)) return []
      const own = held.get(containerId)
      if (own === undefined) return [unheld(each)]
      const lost = own.flatMap(({ unforwarded = [] }) => unforwarded)
      return lost.length > 0 ? [unforwarded(each, lost)] : []
    }),
  ]
}

function left({ containerId, sockets, pid, alive }: ObservedPortHold): Finding {
  return finding({
    kind: 'ports-left',
    severity: alive ? 'error' : 'warning',
    subject: { kind: 'port', name: `${containerId} ${sockets.join(' ')}`.trim() },
    message: alive
      ? `ports ${sockets.join(', ')} are taken for container ${containerId}, which is not attached: no other container can bind them`
      : `a record says that ports are held for container ${containerId}, which is not attached`,
    evidence: [alive ? `process ${pid} holds them` : 'no process holds them any more'],
    repair: { kind: 'release-ports', containerId, sockets },
  })
}

function unheld({ namespace, id }: DesiredContainer): Finding {
  return finding({
    kind: 'ports-unheld',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} are not held on the host: another program can bind them, and receives nothing`,
    evidence: ['it is running, and no process holds its ports'],
    repair: { kind: 'hold-ports', namespace, id },
  })
}

function unforwarded({ namespace, id }: DesiredContainer, sockets: readonly string[]): Finding {
  return finding({
    kind: 'ports-unforwarded',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    message: `published ports of container ${id} do not answer outside of RootlessKit, which forwards none to them`,
    evidence: sockets.map((each) => `no forwarded port leads to ${each}`),
    repair: { kind: 'hold-ports', namespace, id },
  })
}
