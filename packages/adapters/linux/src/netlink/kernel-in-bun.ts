import { decodeLink, decodeRoute, encodeRouteDump, type FoundLink } from '@vethra/netlink'
import type { Facts, HostLink, WantedFacts } from '@vethra/plugins'
import type { AttachmentKernel, MarkedLink } from '@vethra/world'
import type { KernelOptions } from '../observed/kernel-options.ts'
import { markedLinks } from '../observed/marked-links.ts'
import { observeExpected } from '../observed/observe-expected.ts'
import { applyChanges } from './apply.ts'
import { countPorts } from './bridge-ports.ts'
import { effectsIn, portsTo } from './effects.ts'
import { looking } from './looking.ts'
import { openSession, type Session } from './session.ts'

/** The kernel of this host, over netlink sockets: for programs that bun runs. */
export function netlinkKernel({ zoneRecords }: KernelOptions): AttachmentKernel {
  const within = <T>(netns: string, work: (session: Session) => T): T => {
    const session = openSession(netns, zoneRecords)
    try {
      return work(session)
    } finally {
      session.close()
    }
  }
  return {
    facts: async (wanted) => within('', (session) => factsOf(session, wanted)),
    observe: async (netns, expected) =>
      within(netns, (session) => observeExpected(looking(session, expected), expected)),
    publishedTo: async (addresses) => within('', (session) => portsTo(session, addresses)),
    effects: async () => within('', effectsIn),
    marked: async () => within('', markedIn),
    apply: async (netns, changes, options) =>
      within(netns, (session) => applyChanges(session, changes, options)),
  }
}

function factsOf(session: Session, { links = [], defaultRoute = false }: WantedFacts): Facts {
  const route = defaultRoute ? defaultInterface(session) : undefined
  const names = route === undefined ? links : [...links, route]
  const found = names.flatMap((name) => {
    const link = session.link('host', name)
    return link ? [[name, factsOfLink(session, link)] as const] : []
  })
  return {
    links: Object.fromEntries(found),
    ...(route === undefined ? {} : { defaultRoute: route }),
  }
}

function factsOfLink(session: Session, link: FoundLink): HostLink {
  const { kind, mac, mtu } = link
  return { kind, mac, mtu, ...(kind === 'bridge' ? { ports: countPorts(session, link) } : {}) }
}

function markedIn(session: Session): readonly MarkedLink[] {
  const { messages } = session.routeMessages('host', [encodeRouteDump('links')])
  return markedLinks(messages.flatMap((each) => decodeLink(each) ?? []))
}

// The IPv4 default route with the lowest metric, else that of IPv6.
function defaultInterface(session: Session): string | undefined {
  const routes = session
    .routeMessages('host', [encodeRouteDump('routes')])
    .messages.flatMap((each) => decodeRoute(each) ?? [])
    .filter(({ prefixLength, table, type }) => prefixLength === 0 && table === 254 && type === 1)
    .toSorted(
      (one, other) => one.family - other.family || (one.priority ?? 0) - (other.priority ?? 0),
    )
  const index = routes[0]?.index
  return index === undefined ? undefined : session.linkAt('host', index)?.name
}
