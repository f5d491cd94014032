import { elementsOf, isEffect, type PlacedElement, shapeOf, vethraTable } from '@vethra/firewall'
import { askElement, decodeElements, dumpElements, type FoundElement } from '@vethra/netlink'
import type { State } from '@vethra/state'
import { bareKey } from '../observed/looking.ts'
import type { Session } from './session.ts'

/** Up to so many ports of a map are asked for by themselves; for more of them all of the map is listed. */
const fewPorts = 8
/** So many questions go at once: the kernel puts all answers into the socket's buffer before the first is read. */
const atOnce = 32

/** The elements of our table that expected effects are made of, as they are now, by set and key: `p4 tcp 80`. */
export function expectedElements(
  session: Session,
  expected: State,
): ReadonlyMap<string, FoundElement> {
  const wanted = expected.flatMap(({ resource, owner }) =>
    isEffect(resource) ? elementsOf(resource, owner) : [],
  )
  const counts = new Map<string, number>()
  for (const { set } of wanted) counts.set(set, (counts.get(set) ?? 0) + 1)
  const found = new Map<string, FoundElement>()
  const listed: string[] = []
  for (const [set, count] of counts) {
    const { key, data } = shapeOf(set)
    if (!data || count <= fewPorts) continue
    listed.push(set)
    for (const message of session.askNetfilter(dumpElements(vethraTable, set)).messages)
      for (const each of decodeElements(message, key, data))
        found.set([set, ...bareKey(each)].join(' '), each)
  }
  const asked = wanted.filter(({ set }) => !listed.includes(set))
  for (let at = 0; at < asked.length; at += atOnce)
    askEach(session, asked.slice(at, at + atOnce), found)
  return found
}

function askEach(
  session: Session,
  asked: readonly PlacedElement[],
  found: Map<string, FoundElement>,
): void {
  const { messages, first } = session.askNetfilter(
    ...asked.map(({ set, element }) =>
      askElement({ ...vethraTable, set }, shapeOf(set).key, bareKey(element)),
    ),
  )
  for (const message of messages) {
    const { set, element } = asked[message.sequence - first] as PlacedElement
    const { key, data } = shapeOf(set)
    const [each] = decodeElements(message, key, data)
    if (each) found.set([set, ...bareKey(element)].join(' '), each)
  }
}
