import type { JsonObject } from '@vethra/cni'

/** The protocol that a port is of: each numbers its ports by itself. */
export type Protocol = 'tcp' | 'udp' | 'sctp'

/** A port of the host that leads to a port of a container. */
export interface PortMapping {
  /** 1–65535. */
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: Protocol
  /** In canonical form, an IPv4-mapped one as IPv4; `0.0.0.0` for every IPv4 address of the host, empty for every one. */
  readonly hostIP: string
}

/** The capability arg `portMappings`, as the CNI conventions spell it. */
export function capabilityMappings(mappings: readonly PortMapping[]): readonly JsonObject[] {
  return mappings.map(({ hostPort, containerPort, protocol, hostIP }) => ({
    hostPort,
    containerPort,
    protocol,
    hostIP,
  }))
}

/** The protocol of a text in any case; `undefined` for any other text. */
export function readProtocol(text: string): Protocol | undefined {
  const lower = text.toLowerCase()
  return lower === 'tcp' || lower === 'udp' || lower === 'sctp' ? lower : undefined
}

/** Host and port as one text, an IPv6 address in brackets: `0.0.0.0:80`, `[::1]:80`. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
