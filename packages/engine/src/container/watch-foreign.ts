import type { NewEvent } from '@vethra/api'
import { podNamespace } from '@vethra/container'
import { attachmentText } from '@vethra/findings'
import type { CachedAttachment } from '@vethra/world'
import type { KnownContainer } from './container-state.ts'
import { type ForeignEntries, foreignEntries, foreignFrom } from './foreign.ts'
import { isTask, type OtherTools, otherRef } from './other-ref.ts'
import { otherFrom } from './others.ts'
import { readPods } from './pods.ts'

/** A container of another program in one network, as events tell of it. */
interface Joined {
  readonly event: Omit<NewEvent, 'Type' | 'Message'>
  readonly who: 'pod' | 'container'
}

/** A function that returns events for attachments of other programs since its call before; none at first. Names are asked for new pods only. */
export function watchForeign(tools: OtherTools): () => Promise<readonly NewEvent[]> {
  const { sandboxes: _, ...quiet } = tools
  let before: ReadonlyMap<string, Joined> | undefined
  return async () => {
    const former = before
    const entries = await steadyEntries(tools, former)
    const came = new Map(
      [...entries].filter(([, own]) => own.some((each) => !former?.has(keyOf(each)))),
    )
    const fresh = await joinedOf(former === undefined ? quiet : tools, came)
    const seen = new Set([...entries.values()].flat().map(keyOf))
    const stayed = [...(former ?? [])].filter(([key]) => seen.has(key))
    before = new Map([...fresh, ...stayed])
    if (former === undefined) return []
    return [
      ...[...former].filter(([key]) => !seen.has(key)).map(([, each]) => detached(each)),
      ...[...fresh].filter(([key]) => !former.has(key)).map(([, each]) => attached(each)),
    ]
  }
}

// One of ours has no record for a moment where both are read while it comes or goes: what is new is looked for twice.
async function steadyEntries(
  tools: OtherTools,
  former: ReadonlyMap<string, Joined> | undefined,
): Promise<ForeignEntries> {
  const first = await foreignEntries(tools)
  const isNew = (own: readonly CachedAttachment[]) => own.some((each) => !former?.has(keyOf(each)))
  if (![...first.values()].some(isNew)) return first
  const again = await foreignEntries(tools)
  return new Map([...first].filter(([id, own]) => !isNew(own) || again.has(id)))
}

async function joinedOf(
  tools: OtherTools,
  entries: ForeignEntries,
): Promise<ReadonlyMap<string, Joined>> {
  const pods = (await readPods(tools, entries)).map((pod) =>
    joinedBy(pod, 'pod', { Namespace: podNamespace }),
  )
  const isPod = new Set(pods.flat().map(([key]) => key))
  const others = [...entries.values()].filter((own) => !own.some((each) => isPod.has(keyOf(each))))
  const read = others.map((own) => otherJoined(tools, own))
  return new Map([...pods, ...(await Promise.all(read))].flat())
}

// Other programs than nerdctl and ctr have dashes in their ids, too: cnitool.
async function otherJoined(
  tools: OtherTools,
  own: readonly CachedAttachment[],
): Promise<ReturnType<typeof joinedBy>> {
  const id = own[0]?.attachment.containerId ?? ''
  const ref = await otherRef(tools, own)
  if (ref === undefined || !(await isTask(tools, ref)))
    return joinedBy(await foreignFrom(tools, { id, name: '' }, own), 'container', {})
  return joinedBy(await otherFrom(tools, ref, own), 'container', { Namespace: ref.namespace })
}

function joinedBy(
  { id, names, attachments }: KnownContainer,
  who: Joined['who'],
  place: { readonly Namespace?: string },
): readonly (readonly [key: string, Joined])[] {
  return attachments.map(({ network, containerId, ifname }) => {
    const Name = names?.name ?? ''
    const ips = names?.networks?.[network]?.ips ?? []
    const event = {
      Subject: Name || id,
      ...{ Network: network, Container: id, ...(Name === '' ? {} : { Name }) },
      ...{ ...place, Interface: ifname },
      Addresses: ips.map(({ address }) => address),
    }
    return [attachmentText({ network, containerId, ifname }), { event, who }] as const
  })
}

function keyOf({ network, attachment }: CachedAttachment): string {
  return attachmentText({ network, ...attachment })
}

function attached({ event, who }: Joined): NewEvent {
  const { Interface, Subject, Network, Addresses = [] } = event
  const Message = `${Interface} of ${who} ${Subject} attached to network ${Network}: ${Addresses.join(', ')}`
  return { Type: 'container-attached', Message, ...event }
}

function detached({ event: { Addresses: _, ...event }, who }: Joined): NewEvent {
  const { Interface, Subject, Network } = event
  const Message = `${Interface} of ${who} ${Subject} detached from network ${Network}`
  return { Type: 'container-detached', Message, ...event }
}
