import { invalidFileError, isTexts, parseJson, present } from '@vethra/cni'
import { checkDomain, checkHostname } from '@vethra/names'
import { parseMac } from './addresses.ts'
import { type AnnotationKey, annotationKeys, annotationKeys as keys } from './annotations.ts'
import { checkIds, checkName, checkNamespace } from './check-names.ts'
import { checkExtraHost, checkNetwork } from './check-request.ts'
import { isOwnHostname } from './hostname.ts'
import { networkMode } from './network-mode.ts'
import type { BundleRecord, HookRequest } from './record.ts'
import type { NetworkRequest } from './request.ts'
import type { OciState } from './state.ts'
import { parseStoredMappings } from './stored-mappings.ts'

/** A hook's work: by the record, else by annotations; `folder` is the container's in the data store. Throws CniError 107 naming one that is missing, invalid, or contradicts the record. */
export function hookRequest(
  state: OciState,
  record: BundleRecord | undefined,
  folder: string,
): HookRequest {
  const { stateDir, pidFile, netns, namespace } = annotationKeys
  onlyIf(state, stateDir, folder)
  onlyIf(state, pidFile, record?.pidFile)
  onlyIf(state, netns, record?.netns)
  if (!record) return readAnnotations(state)
  onlyIf(state, namespace, record.namespace)
  if (record.id !== state.id)
    throw invalidFileError(
      `the bundle was prepared for container ${record.id}, and runs as ${state.id}`,
      `Run it as ${record.id}, or run "vethra bundle prepare" with --id ${state.id}.`,
    )
  const { version: _version, dns: _dns, ...request } = record
  return request
}

function onlyIf(state: OciState, key: AnnotationKey, wanted: string | undefined): void {
  const value = state.annotations[key]
  if (value === undefined || value === wanted) return
  const rule = wanted === undefined ? 'none was recorded' : `must be ${JSON.stringify(wanted)}`
  throw invalidFileError(
    `annotation ${key} is ${JSON.stringify(value.slice(0, 128))}, and ${rule}`,
    `Remove ${key} from the annotations in config.json, or run "vethra bundle prepare" again.`,
  )
}

function readAnnotations(state: OciState): HookRequest {
  required(state, keys.stateDir, 'state dir must be set')
  required(state, keys.namespace, 'namespace must be set')
  required(state, keys.networks, 'networks must be set')
  const networks = readNetworks(state)
  return {
    id: state.id,
    namespace: readChecked(state, keys.namespace, (value) => {
      checkIds(value, state.id)
      checkNamespace(value)
    }),
    name: readChecked(state, keys.name, checkName),
    hostname: readChecked(state, keys.hostname, (value) => {
      if (!isOwnHostname(state.id, value)) checkHostname(value)
    }),
    domainname: readChecked(state, keys.domainname, checkDomain),
    networks,
    extraHosts: read(state, keys.extraHosts, parseExtraHosts) ?? [],
    ports: read(state, keys.ports, (value) => parseStoredMappings(parseJson(value))) ?? [],
    mode: networkMode(networks),
  }
}

function required(state: OciState, key: AnnotationKey, details: string): void {
  if (state.annotations[key]) return
  throw invalidFileError(`annotation ${key} is missing`, {
    details,
    hint: 'Run "vethra bundle prepare" on the bundle, or make the container with nerdctl.',
  })
}

/** The value that an annotation has for us; absent or empty, it has none. */
function read<T>(state: OciState, key: AnnotationKey, parse: (value: string) => T): T | undefined {
  const value = state.annotations[key]
  if (!value) return undefined
  try {
    return parse(value)
  } catch (cause) {
    throw invalidFileError(`annotation ${key} cannot be ${JSON.stringify(value.slice(0, 128))}`, {
      hint: `Correct ${key} in config.json, or run "vethra bundle prepare" on the bundle.`,
      cause,
    })
  }
}

function readChecked(state: OciState, key: AnnotationKey, check: (value: string) => void): string {
  read(state, key, check)
  return state.annotations[key] ?? ''
}

function readNetworks(state: OciState): readonly NetworkRequest[] {
  const [first, ...rest] = read(state, keys.networks, parseNetworks) ?? []
  const wish = (key: 'ip' | 'ip6' | 'macAddress') => {
    const check = (value: string) => checkNetwork({ ...bridge, [key]: value })
    return readChecked(state, keys[key], check) || undefined
  }
  const [ip, ip6, mac] = [wish('ip'), wish('ip6'), wish('macAddress')]
  const macAddress = mac && parseMac(keys.macAddress, mac)
  if (first && networkMode([first]) !== 'cni') return [first]
  return [{ ...(first ?? bridge), ...present({ ip, ip6, macAddress }) }, ...rest]
}

const bridge: NetworkRequest = { ref: 'bridge', aliases: [] }

function parseNetworks(value: string): readonly NetworkRequest[] {
  const networks = [...new Set(parseTexts(value))].map((ref) => ({ ref, aliases: [] }))
  networks.forEach(checkNetwork)
  networkMode(networks)
  return networks
}

function parseExtraHosts(value: string): readonly (readonly [string, string])[] {
  return (value.trim() === 'null' ? [] : parseTexts(value)).map((pair) => {
    const colon = pair.indexOf(':')
    const name = pair.slice(0, Math.max(colon, 0))
    // nerdctl keeps the brackets in which an IPv6 address was given.
    const ip = pair.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')
    checkExtraHost(name, ip)
    return [name, ip]
  })
}

function parseTexts(value: string): readonly string[] {
  const texts: unknown = parseJson(value)
  if (isTexts(texts)) return texts
  throw invalidFileError('it must be a list of texts')
}
