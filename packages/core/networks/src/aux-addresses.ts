import { type Address, formatAddress, readAddress } from '@vethra/address'
import { isObject, jsonOrNull, usageError } from '@vethra/cni'
import { isTextObject } from './read-json.ts'
import { sortedMembers, writeJson } from './written-json.ts'

/** The label that holds the aux addresses of a network, as JSON: `{SUBNET: {NAME: IP}}` (nerdctl). Hidden from people. */
export const auxLabel = 'nerdctl/network-aux-addresses'

/** An address that no container gets, under the name that the user gave it. */
export interface AuxAddress {
  readonly name: string
  readonly address: Address
}

/** `NAME=IP` texts, in order, the last of a name wins; those without an address are in `dropped`. Throws CniError 103 for no address. */
export function readAuxAddresses(texts: readonly string[]): {
  readonly aux: readonly AuxAddress[]
  readonly dropped: readonly string[]
} {
  const aux = new Map<string, AuxAddress>()
  const dropped: string[] = []
  for (const text of texts) {
    const cut = text.indexOf('=')
    const [name, ip] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)]
    const address = readAddress(ip)
    if (cut === -1 || ip === '') dropped.push(text)
    else if (address) aux.set(name, { name, address })
    else throw usageError(`invalid aux-address "${ip}"`, 'Write it as NAME=IP.')
  }
  return { aux: [...aux.values()], dropped }
}

/** The value of the label; `undefined` when there is nothing to remember. */
export function writeAuxLabel(
  bySubnet: ReadonlyMap<string, readonly AuxAddress[]>,
): string | undefined {
  const subnets = [...bySubnet].filter(([, aux]) => aux.length > 0)
  if (subnets.length === 0) return undefined
  return writeJson(
    sortedMembers(
      subnets.map(([subnet, aux]) => [
        subnet,
        sortedMembers(aux.map(({ name, address }) => [name, formatAddress(address)])),
      ]),
    ),
  )
}

/** Aux addresses by subnet and name. */
export type AuxBySubnet = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The aux addresses that a label holds; none when the label is malformed. */
export function readAuxLabel(label: string | undefined): AuxBySubnet {
  const value = jsonOrNull(label ?? '{}')
  return isObject(value) && Object.values(value).every(isTextObject) ? (value as AuxBySubnet) : {}
}
