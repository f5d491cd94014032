import { usageError } from '@vethra/cni'
import { auxLabel } from './aux-addresses.ts'
import { defaultNetworkLabel, defaultNetworkName } from './identity.ts'
import type { Network } from './network.ts'

/** The network that a container is attached to under this reference: an exact name first, then a full id, then the first 12 characters of one. */
export function findNetwork(networks: readonly Network[], ref: string): Network | undefined {
  return (
    networks.find(({ name }) => name === ref) ??
    networks.find(({ id }) => id !== undefined && id === ref) ??
    networks.find(({ id }) => ref !== '' && id?.slice(0, 12) === ref)
  )
}

/** The references to a network: its name, its id and the first 12 characters of that; the name alone without an id. */
export function referencesTo({ name, id }: Pick<Network, 'name' | 'id'>): readonly string[] {
  return id ? [name, id, id.slice(0, 12)] : [name]
}

/** The networks that `inspect` and `rm` may mean: every one of that name; if there is none, every one whose id begins so. Several are an ambiguity. */
export function findNetworks(networks: readonly Network[], ref: string): readonly Network[] {
  const named = networks.filter(({ name }) => name === ref)
  if (named.length > 0 || ref === '') return named
  return networks.filter(({ id }) => id?.startsWith(ref))
}

/** The network that containers without a `--network` are attached to: the first with nerdctl's label, else one named `bridge`. */
export function findDefaultNetwork(networks: readonly Network[]): Network | undefined {
  return (
    networks.find(({ labels }) => Object.hasOwn(labels, defaultNetworkLabel)) ??
    networks.find(({ name }) => name === defaultNetworkName)
  )
}

/** The labels of a network that people see. */
export function visibleLabels(network: Network): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(network.labels).filter(([key]) => key !== auxLabel))
}

/** The networks that match `name=REGEX`, `label=KEY[=VALUE]`, `label!=KEY[=VALUE]`, `driver=TYPE`, `id=START` and `until=TIME` (RFC 3339: those made before). Throws CniError 103 for any other filter. */
export function filterNetworks(
  networks: readonly Network[],
  filters: readonly string[],
): readonly Network[] {
  const matchers = filters.map(readFilter)
  return networks.filter((network) => matchers.every((matches) => matches(network)))
}

function readFilter(filter: string): (network: Network) => boolean {
  const cut = filter.indexOf('=')
  const value = filter.slice(cut + 1)
  switch (filter.slice(0, Math.max(cut, 0))) {
    case 'name': {
      const pattern = readPattern(value)
      return ({ name }) => pattern.test(name)
    }
    case 'label':
      return labelFilter(value)
    case 'label!': {
      const matches = labelFilter(value)
      return (network) => !matches(network)
    }
    case 'driver':
      return ({ list }) => list.plugins[0]?.type === value
    case 'id':
      return ({ id = '' }) => value !== '' && id.startsWith(value)
    case 'until': {
      const until = readTime(value)
      return ({ modified }) => modified !== undefined && readTime(modified) < until
    }
    default:
      throw usageError(
        `unknown filter "${filter}"`,
        'Use name=REGEX, label=KEY[=VALUE], label!=KEY[=VALUE], driver=TYPE, id=START or until=TIME.',
      )
  }
}

function readTime(text: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: it reads a time that is written out, and no clock.
  const ms = /^\d{4}-\d\d-\d\dT\S+$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  const hint = 'Write one such as until=2026-01-31T12:00:00Z; on the command line until=24h, too.'
  throw usageError(`filter until=${text} is not a time`, hint)
}

/** The pattern of a filter `name=REGEX`. Throws CniError 103 for a text that is none. */
export function readPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch (cause) {
    const hint = 'Write one such as name=^web, with a backslash before each (, [ and \\.'
    throw usageError(`filter name=${text} is not a regular expression`, { cause, hint })
  }
}

function labelFilter(text: string): (network: Network) => boolean {
  const cut = text.indexOf('=')
  const key = cut === -1 ? text : text.slice(0, cut)
  return (network) => {
    const labels = visibleLabels(network)
    return Object.hasOwn(labels, key) && (cut === -1 || labels[key] === text.slice(cut + 1))
  }
}
