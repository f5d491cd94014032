import { checkDomain, checkHostname } from '@vethra/hosts'
import { type PortMapping, parseStoredMappings } from '@vethra/ports'
import { CniError, type JsonObject } from '@vethra/spec'
import { checkIds, checkName } from './check-names.ts'
import { checkDns, checkExtraHost, checkNetwork } from './check-request.ts'
import { isOwnHostname } from './hostname.ts'
import { type NetworkMode, networkMode } from './network-mode.ts'
import type { DnsRequest, NetworkRequest } from './request.ts'
import { faultsOf, fields, list, oneOf, optional, path, text, that } from './shape.ts'

/** What `bundle prepare` decided: the content of vethra.json. */
export interface BundleRecord {
  readonly version: 1
  readonly id: string
  /** Empty when the container has no name. */
  readonly name: string
  readonly namespace: string
  /** Empty when the container shares the host's UTS namespace. */
  readonly hostname: string
  /** Empty when there is none. */
  readonly domainname: string
  /**
   * In the order of `eth0`, `eth1`, …; empty only in mode cni, when the container has left all of
   * them. What was asked for the container as a whole is in the first.
   */
  readonly networks: readonly NetworkRequest[]
  readonly ports: readonly PortMapping[]
  readonly extraHosts: readonly (readonly [name: string, ip: string])[]
  readonly mode: NetworkMode
  readonly dns: DnsRequest
  /** Where the hook writes the container's pid; it does not when absent. */
  readonly pidFile?: string
  /** The network namespace joined, in modes ns and container. */
  readonly netns?: string
}

const texts = list(text)
const isPair = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string')
const shape = fields({
  version: that('1', (value) => value === 1),
  id: text,
  name: text,
  namespace: text,
  hostname: text,
  domainname: text,
  networks: list(
    fields({
      ref: text,
      ip: optional(text),
      ip6: optional(text),
      macAddress: optional(text),
      aliases: texts,
    }),
  ),
  extraHosts: list(that('a name and an address', isPair)),
  mode: oneOf('cni', 'none', 'host', 'container', 'ns'),
  dns: fields({ servers: optional(texts), search: optional(texts), options: optional(texts) }),
  pidFile: optional(path),
  netns: optional(path),
})

/** The record as the object to write to vethra.json; `parseRecord` gives the record back. */
export function renderRecord(record: BundleRecord): JsonObject {
  return {
    version: record.version,
    id: record.id,
    name: record.name,
    namespace: record.namespace,
    hostname: record.hostname,
    domainname: record.domainname,
    networks: record.networks.map((network) => ({ ...network })),
    ports: record.ports.map((port) => ({ ...port })),
    extraHosts: record.extraHosts,
    mode: record.mode,
    dns: { ...record.dns },
    ...(record.pidFile === undefined ? {} : { pidFile: record.pidFile }),
    ...(record.netns === undefined ? {} : { netns: record.netns }),
  }
}

/**
 * The record in a parsed vethra.json, after the checks of a request. Throws CniError 107 when the
 * file is damaged, or of a version that this program does not know.
 */
export function parseRecord(json: unknown): BundleRecord {
  const fault = faultsOf(shape, json)
  if (fault !== undefined) throw damaged(fault)
  try {
    const record = knownKeys(json as BundleRecord)
    checkRecord(record)
    return record
  } catch (cause) {
    throw damaged('a value cannot be', cause)
  }
}

// What a later version may have written beside them is not handed on.
function knownKeys(file: BundleRecord): BundleRecord {
  const { version, id, name, namespace, hostname, domainname, extraHosts, mode } = file
  return {
    ...{ version, id, name, namespace, hostname, domainname, extraHosts, mode },
    networks: file.networks.map(({ ref, ip, ip6, macAddress, aliases }) => ({
      ...{ ref, aliases },
      ...(ip === undefined ? {} : { ip }),
      ...(ip6 === undefined ? {} : { ip6 }),
      ...(macAddress === undefined ? {} : { macAddress }),
    })),
    ports: parseStoredMappings(file.ports),
    dns: knownDns(file.dns),
    ...(file.pidFile === undefined ? {} : { pidFile: file.pidFile }),
    ...(file.netns === undefined ? {} : { netns: file.netns }),
  }
}

function knownDns({ servers, search, options }: DnsRequest): DnsRequest {
  return {
    ...(servers === undefined ? {} : { servers }),
    ...(search === undefined ? {} : { search }),
    ...(options === undefined ? {} : { options }),
  }
}

function checkRecord(record: BundleRecord): void {
  checkIds(record.namespace, record.id)
  if (record.name !== '') checkName(record.name)
  if (!isOwnHostname(record.id, record.hostname)) checkHostname(record.hostname)
  if (record.domainname !== '') checkDomain(record.domainname)
  for (const network of record.networks) checkNetwork(network)
  for (const [name, ip] of record.extraHosts) checkExtraHost(name, ip)
  checkDns(record.dns)
  if (networkMode(record.networks) !== record.mode) {
    throw new CniError({ code: 107, message: `mode ${record.mode} is not that of the networks` })
  }
}

function damaged(details: string, cause?: unknown): CniError {
  return new CniError({
    code: 107,
    message: `vethra.json is damaged: ${details}`,
    hint: 'Run "vethra bundle prepare" on the bundle again.',
    ...(cause === undefined ? {} : { cause }),
  })
}
