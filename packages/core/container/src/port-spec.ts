import { formatAddress, readAddress } from '@vethra/address'
import { type CniError, present, usageError } from '@vethra/cni'
import { type Protocol, readProtocol } from './port-mapping.ts'

/** Consecutive ports, both ends included. */
export interface PortSpan {
  readonly first: number
  readonly last: number
}

/** The request of one `-p`. */
export interface PortRequest {
  /** As typed, for messages. */
  readonly text: string
  readonly protocol: Protocol
  /** In canonical form, without brackets; absent when none was typed. */
  readonly hostIP?: string
  /** Absent: any free ports. As long as `container`: port by port. Longer, with one container port: the first free one. */
  readonly host?: PortSpan
  readonly container: PortSpan
}

/** The requests of several `-p`, commas between specs allowed; what is asked for twice counts once. Throws as parsePortSpec does. */
export function parsePortSpecs(texts: readonly string[]): readonly PortRequest[] {
  const requests = texts.flatMap((text) => text.split(',')).map(parsePortSpec)
  return [
    ...new Map(requests.map((each) => [JSON.stringify({ ...each, text: '' }), each])).values(),
  ]
}

/** The request of `[[HOSTIP:][HOSTPORT]:]CONTAINERPORT[/PROTOCOL]`, ports `N` or `N-M`; host port 0 is any. Throws CniError 103 as nerdctl. */
export function parsePortSpec(text: string): PortRequest {
  const [ports = '', proto = 'tcp', ...more] = text.split('/')
  if (more.length > 0) throw refusal(`failed to parse ${quote(text)}, unexpected slashes`)
  const protocol = readProtocol(proto)
  if (!protocol) throw refusal(`invalid protocol ${quote(proto)}`)
  const cut = ports.lastIndexOf(':')
  const containerText = ports.slice(cut + 1)
  if (containerText === '') throw refusal(`no port specified: ${brief(ports)}`)
  const [hostIP, hostText] = splitHostPort(ports.slice(0, Math.max(cut, 0)))
  const address = readAddress(hostIP)
  if (hostIP !== '' && !address) throw refusal(`invalid ip address: ${brief(hostIP)}`)
  const container = readSpan(containerText)
  if (!container || container.first === 0)
    throw refusal(`invalid containerPort: ${brief(containerText)}`)
  const host = hostText === '' || hostText === '0' ? undefined : readSpan(hostText)
  if (host?.first === 0 || (!host && hostText !== '' && hostText !== '0'))
    throw refusal(`invalid hostPort: ${brief(hostText)}`)
  if (host && container.last > container.first && length(host) !== length(container)) {
    const ranges = `${containerText} and ${hostText}`
    throw refusal(`invalid ranges specified for container and host Ports: ${ranges}`)
  }
  const optional = present({ hostIP: address && formatAddress(address), host })
  return { text, protocol, ...optional, container }
}

/** How many ports a span has. */
export function length(span: PortSpan): number {
  return span.last - span.first + 1
}

// As Go's net.SplitHostPort, which nerdctl asks first: when that fails, all of it is the port.
function splitHostPort(text: string): readonly [host: string, port: string] {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text) ?? []
  return port === undefined ? ['', text] : [bracketed ?? plain ?? '', port]
}

function readSpan(text: string): PortSpan | undefined {
  const [, low = '', high = low] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text) ?? []
  const span = { first: Number(low), last: Number(high) }
  return low !== '' && span.first <= span.last && span.last <= 65_535 ? span : undefined
}

function refusal(message: string): CniError {
  return usageError(
    message,
    'Write a port like 8080:80, 127.0.0.1:8080:80/udp, [::1]:8080:80, 8000-8009:80 or 80.',
  )
}

function quote(text: string): string {
  return JSON.stringify(brief(text))
}

function brief(text: string): string {
  return text.slice(0, 128)
}
