import { formatAddress, readAddress } from '@vethra/address'
import { type CniError, goField, invalidFileError, type Json } from '@vethra/cni'
import { type PortMapping, readProtocol } from './port-mapping.ts'

/** A port mapping as nerdctl stores it, in network-config.json and in annotations. */
export interface StoredMapping {
  readonly HostPort: number
  readonly ContainerPort: number
  readonly Protocol: string
  readonly HostIP: string
}

/** Port mappings as `portMappings` of network-config.json has them. */
export function storedMappings(mappings: readonly PortMapping[]): readonly StoredMapping[] {
  return mappings.map(({ hostPort, containerPort, protocol, hostIP }) => ({
    HostPort: hostPort,
    ContainerPort: containerPort,
    Protocol: protocol,
    HostIP: hostIP,
  }))
}

/** Port mappings of a parsed JSON array, keys in any case; none of null. No host address stays empty. Throws CniError 107 naming the value. */
export function parseStoredMappings(value: unknown): readonly PortMapping[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalid('the port mappings', value)
  return value.map((each: Json, index) => parseMapping(each, `port mapping ${index}`))
}

function parseMapping(value: Json, where: string): PortMapping {
  const protocol = goField(value, 'Protocol') ?? 'tcp'
  const hostIP = goField(value, 'HostIP') ?? ''
  const known = typeof protocol === 'string' ? readProtocol(protocol || 'tcp') : undefined
  if (!known) throw invalid(`Protocol of ${where}`, protocol)
  const address = typeof hostIP === 'string' ? readAddress(hostIP) : undefined
  if (hostIP !== '' && !address) throw invalid(`HostIP of ${where}`, hostIP)
  return {
    hostPort: parsePort(value, 'HostPort', where),
    containerPort: parsePort(value, 'ContainerPort', where),
    protocol: known,
    // nerdctl stores it as typed; everywhere else it is compared as a text.
    hostIP: address ? formatAddress(address) : '',
  }
}

function parsePort(value: Json, key: string, where: string): number {
  const port = goField(value, key)
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw invalid(`${key} of ${where}`, port)
}

function invalid(what: string, value: unknown): CniError {
  const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 128)
  return invalidFileError(`cannot use ${what}: it is ${shown}`)
}
