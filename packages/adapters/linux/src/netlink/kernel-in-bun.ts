import { familyOf, present } from '@vethra/cni'
import {
  addressText,
  decodeAddress,
  decodeLink,
  decodeNeighbour,
  decodeRule,
  encodeRouteDump,
  type FoundLink,
} from '@vethra/netlink'
import type { Facts, HostLink, WantedFacts } from '@vethra/plugins'
import type { Place, State } from '@vethra/state'
import type { AttachmentKernel, MarkedLink, SeenInside } from '@vethra/world'
import type { KernelOptions } from '../observed/kernel-options.ts'
import { mainRoute } from '../observed/looking.ts'
import { markedLinks } from '../observed/marked-links.ts'
import { observeExpected } from '../observed/observe-expected.ts'
import { applyChanges } from './apply.ts'
import { awaitAddresses, unusedAddresses } from './await-addresses.ts'
import { countPorts } from './bridge-ports.ts'
import { addressesInside, deafAddresses } from './deaf-inside.ts'
import { deviceName } from './device-name.ts'
import { effectsIn, portsTo } from './effects.ts'
import { fillTable, isTableWhole } from './fill-table.ts'
import { looking } from './looking.ts'
import { refusingInside } from './refusing-inside.ts'
import { defaultInterface, mainRoutes } from './seen-routes.ts'
import { keptSocket, openSession, type Session } from './session.ts'
import { strangeEntries } from './strange-entries.ts'

/** The kernel of this host, over netlink sockets: for programs that bun runs. */
export function netlinkKernel({ zoneRecords }: KernelOptions): AttachmentKernel {
  const rules = keptSocket()
  const options = { zoneRecords, rules }
  const within: Within = (netns = '', work, kept) => {
    const session = kept ?? openSession(netns, options)
    try {
      return work(session)
    } catch (error) {
      // It may have answers left to what failed.
      rules.close()
      throw error
    } finally {
      if (session !== kept) session.close()
    }
  }
  return {
    ...kernelBy(within),
    holdingSockets: async (netns, work) => {
      const kept = openSession(netns, options)
      try {
        return await work(
          kernelBy((asked = netns, use) => within(asked, use, asked === netns ? kept : undefined)),
        )
      } finally {
        kept.close()
      }
    },
  }
}

/** Runs work with a session for a namespace, undefined for any: the kept one, which stays open, or one of its own. */
type Within = <T>(netns: string | undefined, work: (session: Session) => T, kept?: Session) => T

function kernelBy(within: Within): Omit<AttachmentKernel, 'holdingSockets'> {
  return {
    facts: async (wanted, netns = '') => within(netns, (session) => factsOf(session, wanted)),
    observe: async (netns, expected) =>
      within(netns, (session) => observeExpected(looking(session, expected), expected)),
    lookInside: async (netns, ifname, expected) =>
      within(netns, (session) => lookInside(session, ifname, expected)),
    publishedTo: async (addresses) => within(undefined, (session) => portsTo(session, addresses)),
    effects: async (of) => within(undefined, (session) => effectsIn(session, of)),
    marked: async () => within(undefined, markedIn),
    isTableWhole: async () => within(undefined, isTableWhole),
    fillTable: async () => within(undefined, fillTable),
    strange: async () => within(undefined, strangeEntries),
    apply: async (netns, changes, options) =>
      awaitAddresses(
        within(netns, (session) => applyChanges(session, changes, options)),
        (made) => within(netns, (session) => unusedAddresses(session, made)),
      ),
  }
}

function factsOf(session: Session, wanted: WantedFacts): Facts {
  const { links = [], defaultRoute, inside = [], tables = false, routes = false, device } = wanted
  const isThere = defaultRoute === 'host' || session.hasContainer
  const route = defaultRoute && isThere ? defaultInterface(session, defaultRoute) : undefined
  const found = device === undefined ? undefined : deviceName(session, device)
  const led = (place: Place) => (route !== undefined && defaultRoute === place ? [route] : [])
  return {
    links: linksOf(session, 'host', [...links, ...led('host'), ...(found ? [found] : [])]),
    ...(route === undefined ? {} : { defaultRoute: route }),
    ...(session.hasContainer
      ? { inside: linksOf(session, 'container', [...inside, ...led('container')]) }
      : {}),
    ...(tables && session.hasContainer ? { tables: tablesIn(session) } : {}),
    ...(routes && session.hasContainer ? { routes: mainRoutes(session) } : {}),
    ...(found === undefined ? {} : { device: found }),
  }
}

function linksOf(
  session: Session,
  place: Place,
  names: readonly string[],
): Readonly<Record<string, HostLink>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const link = session.link(place, name)
      if (link === undefined) return []
      const facts = factsOfLink(session, place, link)
      // Rules go by the name that a bridge has, and would not be of this one.
      const isOther = link.kind === 'bridge' && link.name !== name
      return [[name, isOther ? { ...facts, kind: 'altname' } : facts] as const]
    }),
  )
}

function factsOfLink(session: Session, place: Place, link: FoundLink): HostLink {
  const { kind, mac, mtu, index, lower } = link
  const facts = { kind, mac, mtu, index, ...present({ lower }) }
  if (kind !== 'bridge' && place === 'host') return facts
  const addresses = addressesOf(session, place, link)
  if (place === 'container') return { ...facts, addresses }
  return { ...facts, ports: countPorts(session, link), addresses }
}

function addressesOf(session: Session, place: Place, { index }: FoundLink): readonly string[] {
  const { messages } = session.routeMessages(place, [encodeRouteDump('addresses')])
  return messages.flatMap((each) => {
    const found = decodeAddress(each)
    if (found?.index !== index || found.isOfLink) return []
    return [`${addressText(found.octets)}/${found.prefixLength}`]
  })
}

function lookInside(session: Session, ifname: string, expected: State): SeenInside {
  const known = looking(session, expected)
  const found = observeExpected(known, expected)
  const index = known.link('container', ifname)?.index
  if (index === undefined) return { found, routes: [], neighbours: [], addresses: [], refusals: [] }
  const dump = (what: 'neighbours' | 'rules') =>
    session.routeMessages('container', [encodeRouteDump(what)]).messages
  const rules = dump('rules').flatMap((each) => decodeRule(each) ?? [])
  const all = [...known.routes('container').values()].flat().filter(({ table }) => table === 254)
  return {
    found,
    routes: all.filter((each) => each.index === index).map((each) => mainRoute(ifname, each)),
    neighbours: dump('neighbours').flatMap((each) => {
      const neighbour = decodeNeighbour(each)
      return neighbour?.index === index ? [addressText(neighbour.address)] : []
    }),
    addresses: addressesInside(session, known),
    refusals: [
      ...rules.flatMap(({ refuses, family, priority }) =>
        refuses ? [`ip -${family} rule delete pref ${priority}`] : [],
      ),
      ...unusedTables(rules),
      ...all.flatMap(({ refusal, destination, priority }) =>
        // The last of IPv6 is the kernel's own.
        refusal && priority !== 0xff_ff_ff_ff
          ? [`ip route delete ${refusal} ${destination} metric ${priority}`]
          : [],
      ),
      ...deafAddresses(known, expected, { ifname, index }),
      ...refusingInside(session, familiesOf(expected)),
    ],
  }
}

// Tables main and local, where rules of a family look up others alone.
function unusedTables(
  rules: readonly NonNullable<ReturnType<typeof decodeRule>>[],
): readonly string[] {
  return [...Map.groupBy(rules, ({ family }) => family)].flatMap(([family, own]) =>
    (
      [
        [0, 'local', 255],
        [32_766, 'main', 254],
      ] as const
    ).flatMap(([priority, name, number]) =>
      own.some(({ table }) => table === number)
        ? []
        : [`ip -${family} rule add pref ${priority} lookup ${name}`],
    ),
  )
}

function familiesOf(expected: State): ReadonlySet<4 | 6> {
  return new Set(
    expected.flatMap(({ resource }) =>
      resource.kind === 'address' ? familyOf(resource.address) : [],
    ),
  )
}

function tablesIn(session: Session): NonNullable<Facts['tables']> {
  const dump = (what: 'rules' | 'links') =>
    session.routeMessages('container', [encodeRouteDump(what)]).messages
  const vrfs = dump('links').flatMap((each) => {
    const { name, vrfTable: table } = decodeLink(each) ?? {}
    return table === undefined ? [] : [{ table, ...present({ vrf: name }) }]
  })
  const ofRules = dump('rules').flatMap((each) => {
    const rule = decodeRule(each)
    if (rule === undefined) return []
    const { table, source, prefixLength } = rule
    return [{ table, ...(source ? { source: `${addressText(source)}/${prefixLength}` } : {}) }]
  })
  return [...ofRules, ...vrfs]
}

function markedIn(session: Session): readonly MarkedLink[] {
  const { messages } = session.routeMessages('host', [encodeRouteDump('links')])
  return markedLinks(messages.flatMap((each) => decodeLink(each) ?? []))
}
