import {
  attempt,
  type CniError,
  confError,
  isObject,
  type Json,
  type JsonObject,
  notFoundError,
} from '@vethra/cni'
import { type Driver, isDriver, type NetworkOptions } from '../options.ts'

/** Part of a network of another program that Vethra has no equal of. */
export interface Lost {
  /** The field, in the words of the other program: `dns_enabled`. */
  readonly field: string
  /** Its value as JSON, cut after 80 characters. */
  readonly value: string
  /** Why there is no equal, or what to use in its place. */
  readonly why: string
}

/** A network of another program, translated; `source` is the file or the command that it is from. */
export type ForeignNetwork =
  | (Named & {
      readonly kind: 'wanted'
      readonly options: NetworkOptions
      readonly lost: readonly Lost[]
    })
  /** A network that needs no import. */
  | (Named & { readonly kind: 'passed'; readonly why: string })
  | (Named & { readonly kind: 'refused'; readonly error: CniError })

interface Named {
  readonly name: string
  readonly source: string
}

/** The outcome of reading one network. */
export type Reading =
  | { readonly options: NetworkOptions; readonly lost: readonly Lost[] }
  | { readonly why: string }

/** How many networks one import takes. */
export const mostNetworks = 1000

/** The network that `read` finds in a value. Its CniError, or a value that is no object, refuses that network alone. */
export function foreignNetwork(
  value: Json,
  { name, source }: Named,
  read: (object: JsonObject) => Reading,
): ForeignNetwork {
  return orRefused({ name, source }, () => {
    if (!isObject(value)) throw confError(`${name} is not a JSON object`)
    const reading = read(value)
    return 'why' in reading
      ? { kind: 'passed', name, source, ...reading }
      : { kind: 'wanted', name, source, ...reading }
  })
}

/** The network that `read` returns; where it throws CniError, a network that is refused. */
export function orRefused({ name, source }: Named, read: () => ForeignNetwork): ForeignNetwork {
  return attempt(read, (error) => ({ kind: 'refused', name, source, error }))
}

/** The name of a network for people: its field, or `otherwise` where that is no name. */
export function shownName(value: Json, key: string, otherwise: string): string {
  const name = isObject(value) ? value[key] : undefined
  return typeof name === 'string' && name !== '' ? name.slice(0, 128) : otherwise
}

/** A part without an equal. */
export function lost(field: string, value: Json, why: string): Lost {
  const text = JSON.stringify(value)
  return {
    field: field.slice(0, 128),
    value: text.length > 80 ? `${text.slice(0, 79)}…` : text,
    why,
  }
}

/** At most so many parts; the last one says how many more there are. */
export function firstLost(parts: readonly Lost[], most: number): readonly Lost[] {
  const more = parts.length - most
  if (more <= 0) return parts
  return [...parts.slice(0, most), lost('(more)', more, 'further parts are not listed')]
}

/** The options without an equal, at most 64 of them, each with the reason that is known for its key. */
export function lostOptions(
  place: string,
  options: readonly (readonly [key: string, value: string])[],
  reasons: Readonly<Record<string, string>>,
): readonly Lost[] {
  const parts = options.map(([key, value]) => {
    const reason = Object.hasOwn(reasons, key) ? reasons[key] : undefined
    return lost(`${place}.${key}`, value, reason ?? 'Vethra does not know it')
  })
  return firstLost(parts, 64)
}

/** The CniError 7 for a network whose containers have no default route, and would get one here. */
export function withoutDefaultRoute(): CniError {
  return confError(
    'it has no default route, and would get one',
    'Make it with "vethra network create --internal".',
  )
}

/** The driver that a text names. Throws CniError 7 for a driver that Vethra has no equal of. */
export function equalDriver(text: string): Driver {
  if (isDriver(text)) return text
  throw confError(
    `driver ${JSON.stringify(text)} has no equal`,
    'Vethra has the drivers bridge, macvlan and ipvlan.',
  )
}

/** The CniError 7 for an IPAM driver that Vethra has no equal of. */
export function unequalIpam(driver: string): CniError {
  return confError(
    `ipam driver ${JSON.stringify(driver)} has no equal`,
    'Make the network with "vethra network create", and choose --ipam-driver there.',
  )
}

/** Throws CniError 7 for networks that have more than 2000 subnets, each of which is compared with all others. */
export function checkSubnets(networks: readonly ForeignNetwork[]): void {
  const count = networks.flatMap((each) =>
    each.kind === 'wanted' ? each.options.subnets : [],
  ).length
  if (count > 2000)
    throw confError(
      `the networks have ${count} subnets: 2000 are read`,
      'Leave some of them out by --skip NAME.',
    )
}

/** The networks with those of these names passed over. Throws CniError 101 for a name that none of them has. */
export function withoutNetworks(
  networks: readonly ForeignNetwork[],
  names: readonly string[],
): readonly ForeignNetwork[] {
  const missing = names.find((name) => !networks.some((each) => each.name === name))
  if (missing !== undefined) {
    throw notFoundError(
      `no network ${JSON.stringify(missing)} to be left out`,
      'Run it without --skip to see the networks.',
    )
  }
  return networks.map((each) => {
    const { name, source } = each
    return names.includes(name) ? { kind: 'passed', name, source, why: 'it is left out' } : each
  })
}
