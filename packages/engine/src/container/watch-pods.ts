import type { NewEvent } from '@vethra/api'
import { podNamespace } from '@vethra/container'
import type { KnownContainer } from './container-state.ts'
import type { ForeignTools } from './foreign.ts'
import { readPods } from './pods.ts'

/** A pod in one network, as events tell of it. */
type Joined = Omit<NewEvent, 'Type' | 'Message'>

/**
 * A function that reads the pods, and returns events for those that were attached to a network or detached from one since
 * its call before. The first call returns none. The runtime is asked for names only when a pod has come.
 */
export function watchPods(tools: ForeignTools): () => Promise<readonly NewEvent[]> {
  const { sandboxes: _, ...quiet } = tools
  let before: ReadonlyMap<string, Joined> | undefined
  return async () => {
    const seen = joinedOf(await readPods(quiet))
    const former = before
    const came = former === undefined ? [] : [...seen.keys()].filter((key) => !former.has(key))
    const named = came.length > 0 ? joinedOf(await readPods(tools)) : seen
    const known = new Map(
      [...seen].map(([key, each]) => [key, former?.get(key) ?? named.get(key) ?? each]),
    )
    before = known
    if (former === undefined) return []
    const gone = [...former].filter(([key]) => !known.has(key)).map(([, each]) => each)
    return [
      ...gone.map((each) => eventOf('container-detached', each)),
      ...came
        .flatMap((key) => known.get(key) ?? [])
        .map((each) => eventOf('container-attached', each)),
    ]
  }
}

function joinedOf(pods: readonly KnownContainer[]): ReadonlyMap<string, Joined> {
  return new Map(
    pods.flatMap(({ id, names, attachments }) =>
      attachments.map(({ network, ifname }) => {
        const Name = names?.name ?? ''
        const ips = names?.networks?.[network]?.ips ?? []
        const joined = {
          Subject: Name || id,
          ...{ Network: network, Container: id, ...(Name === '' ? {} : { Name }) },
          ...{ Namespace: podNamespace, Interface: ifname },
          Addresses: ips.map(({ address }) => address),
        }
        return [`${network}/${id}/${ifname}`, joined] as const
      }),
    ),
  )
}

function eventOf(Type: 'container-attached' | 'container-detached', joined: Joined): NewEvent {
  const { Interface, Subject, Network, Addresses = [] } = joined
  const who = `${Interface} of pod ${Subject}`
  if (Type === 'container-attached') {
    const Message = `${who} attached to network ${Network}: ${Addresses.join(', ')}`
    return { Type, Message, ...joined }
  }
  const { Addresses: _, ...without } = joined
  return { Type, Message: `${who} detached from network ${Network}`, ...without }
}
