import { type CniError, invalidFileError } from '@vethra/cni'
import { parseMac } from '../addresses.ts'
import type { BundleFlags } from '../bundle-flags.ts'
import { parseNetworkFlag } from '../network-flag.ts'
import { refMode } from '../network-mode.ts'
import { parsePortSpecs } from '../port-spec.ts'
import { annotationOf } from './annotations.ts'

/** The wishes that annotations may have: `[runtime]` of vethra.toml. */
export interface WishLimits {
  /** Networks by name, `*` for every one; absent for those that Vethra or nerdctl made. */
  readonly networks?: readonly string[]
  /** The first and the last host port. */
  readonly ports: readonly [first: number, last: number]
  /** Modes besides networks and `none`. */
  readonly modes: readonly string[]
}

interface WishFacts {
  /** The network that a reference means; undefined where there is none. */
  readonly network: (
    ref: string,
  ) => { readonly name: string; readonly managed: boolean } | undefined
  /** Whether another container has a name, as its name, its hostname or its id. */
  readonly isTaken: (name: string) => boolean
  /** Whether an interface of another container, or what leads to it, has a MAC: lower case, with colons. */
  readonly hasMac: (mac: string) => boolean
}

/** Throws CniError 107 naming the annotation of the first wish beyond the limits: an image's labels may become annotations. */
export function checkLimits(flags: BundleFlags, limits: WishLimits, facts: WishFacts): void {
  const asked = flags.network.length > 0 ? flags.network : ['bridge']
  const networks = asked.map(parseNetworkFlag)
  for (const { ref, aliases, macAddress } of networks) {
    checkNetwork(ref, limits, facts)
    for (const alias of aliases) checkFree('network', alias, facts)
    checkMac('network', macAddress, facts)
  }
  checkMac('macAddress', flags.macAddress, facts)
  if (flags.uts !== undefined) checkMode('uts', flags.uts, limits)
  const [first, last] = limits.ports
  for (const { text, host } of parsePortSpecs(flags.publish)) {
    if (host === undefined || (host.first >= first && host.last <= last)) continue
    throw beyond(
      annotationOf('publish'),
      `host port ${text}, and ports from ${first} to ${last} are allowed`,
      'Widen ports in [runtime] of vethra.toml, or publish another port.',
    )
  }
  for (const alias of flags.networkAlias) checkFree('networkAlias', alias, facts)
  if (flags.name !== undefined) checkFree('name', flags.name, facts)
  const { hostname, domainname } = flags
  if (hostname !== undefined) checkFree('hostname', hostname, facts)
  if (hostname !== undefined && domainname !== undefined)
    checkFree('domainname', `${hostname}.${domainname}`, facts)
}

function checkNetwork(ref: string, limits: WishLimits, facts: WishFacts): void {
  const { networks } = limits
  const mode = refMode(ref)
  if (mode === 'none') return
  if (mode !== 'cni') {
    checkMode('network', mode, limits)
    return
  }
  // The default network is made by Vethra when it is first used.
  const { name, managed } = facts.network(ref) ?? { name: ref, managed: true }
  if (networks === undefined ? managed : networks.includes(name) || networks.includes('*')) return
  const hint = `Add "${name}" to networks in [runtime] of vethra.toml to allow it.`
  throw beyond(
    annotationOf('network'),
    `network ${name}${managed ? '' : ', which Vethra did not make'}`,
    hint,
  )
}

function checkMode(flag: keyof BundleFlags, mode: string, { modes }: WishLimits): void {
  if (modes.includes(mode)) return
  const hint = `Add "${mode}" to modes in [runtime] of vethra.toml to allow it.`
  throw beyond(annotationOf(flag), mode, hint)
}

// Frames to another container, or to the bridge, would go to both by turns.
function checkMac(flag: keyof BundleFlags, text: string | undefined, { hasMac }: WishFacts): void {
  if (text === undefined || !hasMac(parseMac(annotationOf(flag), text))) return
  throw beyond(
    annotationOf(flag),
    `MAC ${text}, which another interface has`,
    'Give another one, or leave it out: it then follows the address.',
  )
}

// A container that answers to the name of another gets its traffic.
function checkFree(flag: keyof BundleFlags, name: string, { isTaken }: WishFacts): void {
  if (!isTaken(name)) return
  throw beyond(
    annotationOf(flag),
    `the name ${JSON.stringify(name)}, which another container has`,
    'Give another one, or remove that container first.',
  )
}

function beyond(key: string, wish: string, hint: string): CniError {
  return invalidFileError(`annotation ${key} may not ask for ${wish}`, hint)
}

/** The names that a name takes, in lower case: as it is, and without what may stand behind one, since `db.lan.vethra` is `db` to whoever looks it up in network lan. */
export function meantNames(name: string, networks: readonly string[]): readonly string[] {
  const whole = name.toLowerCase().replace(/\.+$/, '')
  const inside = whole.replace(/\.vethra$/, '')
  const bare = networks
    .map((each) => `.${each.toLowerCase()}`)
    .filter((suffix) => inside.endsWith(suffix) && inside !== suffix)
    .map((suffix) => inside.slice(0, -suffix.length))
  return [...new Set([whole, inside, ...bare])]
}
