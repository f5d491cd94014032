import { CniError } from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import { type Change, isAsWanted, type Place, type Resource, type Sysctl } from '@vethra/state'
import type { Applied, ApplyOptions } from '@vethra/world'
import { channelOf, inGroups } from '../applied/groups.ts'
import { keepRouters } from '../applied/keep-routers.ts'
import { refusedChange } from '../applied/refused-change.ts'
import { applyEffects } from './apply-effects.ts'
import { applyRoutes } from './apply-routes.ts'
import type { Session } from './session.ts'
import { prepareReads, prepareWrites } from './sysctls-in-bun.ts'
import { visit } from './visit.ts'

/** Applies changes in order, batch by batch, the firewall's in one transaction. Ends with the first batch in which one fails. */
export function applyChanges(
  session: Session,
  changes: readonly Change[],
  { links = 'delete' }: ApplyOptions = {},
): Applied {
  const done: Change[] = []
  for (const group of inGroups(changes)) {
    const outcome = applyOrTell(session, group, links)
    done.push(...outcome.done)
    faultPoint('socket', `has changed ${done.length} resources of the kernel`)
    if (outcome.failed) return { done, failed: outcome.failed }
  }
  return { done }
}

// A socket that fails may have carried out any of its group: all of it is to be undone.
function applyOrTell(
  session: Session,
  group: readonly Change[],
  links: 'delete' | 'down',
): Applied {
  try {
    return applyGroup(session, group, links)
  } catch (error) {
    const [change] = group
    if (!(error instanceof CniError) || change === undefined) throw error
    return { done: group, failed: { change, error } }
  }
}

function applyGroup(session: Session, group: readonly Change[], links: 'delete' | 'down'): Applied {
  const [first] = group
  if (first === undefined) return { done: [] }
  const channel = channelOf(first)
  if (channel === 'firewall') return applyEffects(session, group)
  if (channel !== 'route') return applySysctls(session, group)
  const applied = applyRoutes(session, group, links)
  for (const change of applied.done)
    if (change.kind === 'make') syncCarrier(session, change.to.resource)
  return applied
}

// An interface drops what it is to send until a worker of the kernel has seen its carrier, and a bridge until that of its
// first port was seen: a question about it has that done at once (linkwatch_sync_dev, since Linux 6.8).
function syncCarrier(session: Session, resource: Resource): void {
  if (resource.kind !== 'link' || resource.place === 'host') return
  const { name, type } = resource
  const ask = (place: Place, ...names: readonly string[]) =>
    session.route(
      place,
      names.map((each) => ({ kind: 'ask link', link: { name: each } })),
    )
  ask('container', name)
  if (type.name === 'veth') ask('host', type.hostName, ...(type.bridge ? [type.bridge] : []))
}

function applySysctls(session: Session, group: readonly Change[]): Applied {
  const writes = group.flatMap((change) =>
    change.kind === 'remove' ? [] : [{ change, sysctl: change.to.resource as Sysctl }],
  )
  const write = prepareWrites(writes.map(({ sysctl }) => sysctl))
  const inContainer = writes[0]?.sysctl.place === 'container'
  for (const { sysctl } of writes) keepRouters(sysctl)
  const within = <T>(work: () => T) => (inContainer ? visit(session.namespace(), work) : work())
  const outcomes = within(write)
  const isSo = (sysctl: Sysctl) => {
    const [found] = within(prepareReads([sysctl.key]))
    return found !== undefined && isAsWanted(sysctl, { ...sysctl, value: found.toString('utf8') })
  }
  const failures = writes.flatMap(({ change, sysctl }, at) => {
    const errno = outcomes[at] ?? 0
    return errno === 0 || sysctl.optional || isSo(sysctl)
      ? []
      : [{ change, error: refusedChange(change, { errno, text: '' }) }]
  })
  const [failed] = failures
  const failedOnes = new Set<Change>(failures.map(({ change }) => change))
  return { done: group.filter((change) => !failedOnes.has(change)), ...(failed ? { failed } : {}) }
}
