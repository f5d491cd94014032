import {
  type CniError,
  invalidFileError,
  isObject,
  isTexts,
  type Json,
  type JsonObject,
} from '@vethra/cni'
import { checkDns, checkDomain, checkHostname, type DnsOptions } from '@vethra/names'
import { checkIds, checkName } from './check-names.ts'
import { checkExtraHost, checkNetwork } from './check-request.ts'
import { firstFalse, isPath, isText } from './facts.ts'
import { isOwnHostname } from './hostname.ts'
import { type NetworkMode, networkMode } from './network-mode.ts'
import type { PortMapping } from './port-mapping.ts'
import type { NetworkRequest } from './request.ts'
import { parseStoredMappings } from './stored-mappings.ts'

/** The decision of `bundle prepare`: the content of vethra.json. */
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
  /** In the order of `eth0`, `eth1`, …; the first carries the container's own wishes. Empty only in mode cni, after the last disconnect. */
  readonly networks: readonly NetworkRequest[]
  readonly ports: readonly PortMapping[]
  readonly extraHosts: readonly (readonly [name: string, ip: string])[]
  readonly mode: NetworkMode
  readonly dns: DnsOptions
  /** Where the hook writes the container's pid; it does not when absent. */
  readonly pidFile?: string
  /** The network namespace joined, in modes ns and container. */
  readonly netns?: string
  /** Whether the hook forgets the container, with all its files, when it has stopped. Default: `bundle rm` does. */
  readonly transient?: true
  /** The process that starts it: of an OCI runtime, which may not have made the container yet. */
  readonly starter?: Json
  /** The changes made to files config.json; `parsePrepared` reads them on demand. */
  readonly configs?: Json
}

/** A hook's checked work. Ports are the record's, else of `nerdctl/ports`; newer nerdctl has them in network-config.json. */
export type HookRequest = Omit<
  BundleRecord,
  'version' | 'dns' | 'transient' | 'starter' | 'configs'
>

/** The record as the object to write to vethra.json; `parseRecord` gives the record back. */
export function renderRecord(record: BundleRecord): JsonObject {
  return { ...record } as unknown as JsonObject
}

/** The checked record in a parsed vethra.json. Throws CniError 107 when it is damaged, or of an unknown version. */
export function parseRecord(json: unknown): BundleRecord {
  const wrong = isObject(json) ? faultOf(json) : 'the whole must be object'
  if (wrong !== undefined) throw damaged(wrong)
  try {
    const file = json as BundleRecord
    const record = { ...file, ports: parseStoredMappings(file.ports) }
    checkRecord(record)
    return record
  } catch (cause) {
    throw damaged('a value cannot be', cause)
  }
}

function faultOf(file: Partial<Record<keyof BundleRecord, unknown>>): string | undefined {
  const { networks, extraHosts, dns, pidFile, netns, transient } = file
  return firstFalse({
    'version must be 1': file.version === 1,
    'id must be string': isText(file.id),
    'name must be string': isText(file.name),
    'namespace must be string': isText(file.namespace),
    'hostname must be string': isText(file.hostname),
    'domainname must be string': isText(file.domainname),
    'networks must be a list of networks': Array.isArray(networks) && networks.every(isNetwork),
    'extraHosts must be pairs':
      Array.isArray(extraHosts) && extraHosts.every((each) => isTexts(each) && each.length === 2),
    'mode must be string': isText(file.mode),
    'dns must be lists':
      isObject(dns) &&
      ['servers', 'search', 'options'].every((key) => dns[key] === undefined || isTexts(dns[key])),
    'pidFile must be an absolute path': pidFile === undefined || isPath(pidFile),
    'netns must be an absolute path': netns === undefined || isPath(netns),
    'transient must be true': transient === undefined || transient === true,
  })
}

function isNetwork(value: unknown): boolean {
  if (!isObject(value)) return false
  const { ref, ip = '', ip6 = '', macAddress = '', aliases } = value
  return [ref, ip, ip6, macAddress].every(isText) && isTexts(aliases)
}

function checkRecord(record: BundleRecord): void {
  checkIds(record.namespace, record.id)
  if (record.name !== '') checkName(record.name)
  if (!isOwnHostname(record.id, record.hostname)) checkHostname(record.hostname)
  if (record.domainname !== '') checkDomain(record.domainname)
  for (const network of record.networks) checkNetwork(network)
  for (const [name, ip] of record.extraHosts) checkExtraHost(name, ip)
  checkDns(record.dns, 'cli')
  if (networkMode(record.networks) !== record.mode)
    throw invalidFileError(`mode ${record.mode} is not that of the networks`)
}

function damaged(details: string, cause?: unknown): CniError {
  return invalidFileError(`vethra.json is damaged: ${details}`, {
    hint: 'Run "vethra bundle prepare" on the bundle again.',
    cause,
  })
}
