import { isObject, type Json, jsonOrNull, usageError } from '@vethra/cni'
import type { NetworkOptions } from './options.ts'
import { members, type Written } from './written-json.ts'

interface DhcpOption {
  readonly type?: string
  readonly value?: string
  readonly fromArg?: string
  readonly skipDefault?: boolean
}

const keys: Readonly<Record<keyof DhcpOption, 'string' | 'boolean'>> = {
  type: 'string',
  value: 'string',
  fromArg: 'string',
  skipDefault: 'boolean',
}

/** The members of `ipam` for dhcp, each of `ipamOptions` an option as JSON; subnets are ignored, as notes say. Throws CniError 103. */
export function dhcpMembers(options: NetworkOptions): {
  readonly ipam: readonly (readonly [string, Written | undefined])[]
  readonly notes: readonly string[]
} {
  if (!options.ipv4)
    throw usageError('ipam driver dhcp gives IPv4 addresses only', 'Leave out --ipv4=false.')
  const read = Object.entries(options.ipamOptions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([option, text]) => ({ option, ...readOption(option, text) }))
  const provided = read.filter(({ type, option }) => type === 'provide' && option !== 'host-name')
  const requested = read.filter(({ type }) => type === 'request')
  return {
    ipam: [
      ['type', 'dhcp'],
      ['daemonSocketPath', '/run/cni/dhcp.sock'],
      ['provide', [hostName, ...provided.map(writeProvided)]],
      ['request', requested.length > 0 ? requested.map(writeRequested) : undefined],
    ],
    notes: ignored(options),
  }
}

const hostName = members([
  ['fromArg', 'NERDCTL_CNI_DHCP_HOSTNAME'],
  ['option', 'host-name'],
])

const optionHint = `Write it like --ipam-opt 'vendor-class-identifier={"type":"provide","value":"x"}'.`

function readOption(name: string, text: string): DhcpOption {
  const option = jsonOrNull(text)
  if (!isDhcpOption(option))
    throw usageError(`unparsable ipam option ${name} "${text}"`, optionHint)
  if (option.type === 'provide' || option.type === 'request') return option
  throw usageError('ipam option must have a type (provide or request)', optionHint)
}

function isDhcpOption(value: Json): value is DhcpOption & Json {
  if (!isObject(value)) return false
  return Object.entries(keys).every(
    ([key, type]) => !Object.hasOwn(value, key) || typeof value[key] === type,
  )
}

function writeProvided({ option, value, fromArg }: DhcpOption & { option: string }): Written {
  return members([
    ['fromArg', fromArg || undefined],
    ['option', option],
    ['value', value || undefined],
  ])
}

function writeRequested({ option, skipDefault }: DhcpOption & { option: string }): Written {
  return members([
    ['option', option],
    ['skipDefault', skipDefault || undefined],
  ])
}

function ignored(options: NetworkOptions): readonly string[] {
  const { subnets, gateways, ipRanges, auxAddresses } = options
  const given = [...subnets, ...gateways, ...ipRanges, ...auxAddresses]
  return given.map(
    (text) => `"${text}" is left out: ipam driver dhcp gets its subnet from the server`,
  )
}
