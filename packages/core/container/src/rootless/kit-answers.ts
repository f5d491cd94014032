import { formatAddress, readAddress } from '@vethra/address'
import { type CniError, decodeError, goField, goText, type Json } from '@vethra/cni'

/** RootlessKit as `GET /v1/info` describes it. */
export interface RootlessInfo {
  /** The network driver: `slirp4netns`, `pasta`, …; empty when unknown. */
  readonly networkDriver: string
  /** The resolvers of the network driver. */
  readonly dns: readonly string[]
  /** The address of RootlessKit's network namespace; empty when unknown. */
  readonly childIP: string
  /** How published ports are opened on the user's host. `implicit`: by the network driver, wherever a socket listens. */
  readonly portDriver: 'explicit' | 'implicit' | 'none'
  /** The protocols of an explicit port driver: `tcp`, `tcp6`, `udp`, …. */
  readonly protos: readonly string[]
  /** Whether the port driver reaches no loopback address of the network namespace. */
  readonly avoidsLoopback: boolean
}

/** A port of the user's host that RootlessKit forwards into its network namespace. */
export interface ForwardedPort {
  /** As RootlessKit spells it: `tcp`, `tcp4`, `tcp6`, `udp`, …. */
  readonly proto: string
  readonly parentIP: string
  readonly parentPort: number
  /** Empty for the port driver's own choice. */
  readonly childIP: string
  readonly childPort: number
}

/** A port that RootlessKit forwards, with the number that it is removed by. */
export interface NumberedPort extends ForwardedPort {
  readonly id: number
}

/** The answer to `GET /v1/info`. Throws CniError 6 for one that is no object. */
export function readRootlessInfo(json: Json): RootlessInfo {
  if (typeof json !== 'object' || json === null) throw unreadable('/v1/info')
  const network = goField(json, 'networkDriver')
  const ports = goField(json, 'portDriver')
  const networkDriver = goText(network, 'driver')
  const named = goText(ports, 'driver')
  return {
    networkDriver,
    dns: resolvers(networkDriver, texts(goField(network, 'dns'))),
    childIP: address(goText(network, 'childIP')),
    portDriver: portDriverOf(named, networkDriver),
    protos: texts(goField(ports, 'protos')),
    avoidsLoopback: goField(ports, 'disallowLoopbackChildIP') === true || named === 'slirp4netns',
  }
}

// slirp4netns answers at an address of its own, which releases before 0.8 do not tell.
function resolvers(driver: string, dns: readonly string[]): readonly string[] {
  return dns.length === 0 && driver === 'slirp4netns' ? ['10.0.2.3'] : dns
}

// RootlessKit has no port driver where pasta forwards what listens: there it tells of none.
function portDriverOf(named: string, networkDriver: string): RootlessInfo['portDriver'] {
  if (named === 'implicit' || (named === '' && networkDriver === 'pasta')) return 'implicit'
  return named === '' || named === 'none' ? 'none' : 'explicit'
}

/** The answer to `GET /v1/ports`, by ascending number. Throws CniError 6 for one that is neither a list nor null. */
export function readForwardedPorts(json: Json): readonly NumberedPort[] {
  if (json === null) return []
  if (!Array.isArray(json)) throw unreadable('/v1/ports')
  return json.map(readForwardedPort).sort((a, b) => a.id - b.id)
}

/** The answer to `POST /v1/ports`. Throws CniError 6 for one without a number. */
export function readForwardedPort(json: Json): NumberedPort {
  const id = goField(json, 'id')
  const spec = goField(json, 'spec')
  if (!isNumber(id)) throw unreadable('/v1/ports')
  return {
    id,
    proto: goText(spec, 'proto'),
    parentIP: goText(spec, 'parentIP'),
    parentPort: port(goField(spec, 'parentPort')),
    childIP: goText(spec, 'childIP'),
    childPort: port(goField(spec, 'childPort')),
  }
}

function unreadable(path: string): CniError {
  return decodeError(
    `cannot read the answer of RootlessKit to ${path}`,
    'Check that ROOTLESSKIT_STATE_DIR is the state folder of RootlessKit.',
  )
}

// It is published on, and plugins get it.
function address(text: string): string {
  const read = readAddress(text)
  return read === undefined ? '' : formatAddress(read)
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function port(value: unknown): number {
  return isNumber(value) && value <= 65_535 ? value : 0
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
