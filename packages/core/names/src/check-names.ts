import { type CniError, checkPathComponent, usageError } from '@vethra/cni'
import { checkDomain, checkHostname, isHostToken, refusal } from './check-host.ts'
import type { ContainerNames } from './container-names.ts'
import { hostAddress } from './host-address.ts'

/** Throws CniError 103 unless names and addresses can go into hosts files, 107 unless the id names a folder. A default hostname is one word. */
export function checkNames(names: ContainerNames): void {
  checkPathComponent('container id', names.id)
  if (names.name !== '') checkToken('container name', names.name)
  checkOwnHostname(names)
  if (names.domainname) checkDomain(names.domainname)
  for (const [name, address] of names.extraHosts) checkExtraHost(name, address)
  for (const ref of Object.keys(names.networks ?? {})) checkNetwork(names, ref)
  for (const alias of Object.values(names.aliases ?? {}).flat()) checkHostname(alias)
}

function checkOwnHostname({ id, hostname }: ContainerNames): void {
  if (hostname === '') return
  if (hostname === id.slice(0, 12)) checkToken('hostname', hostname)
  else checkHostname(hostname)
}

function checkExtraHost(name: string, address: string): void {
  checkToken('name of an extra host', name)
  if (hostAddress(address) === undefined) throw notAnAddress('of an extra host', address)
}

function checkNetwork(names: ContainerNames, ref: string): void {
  checkToken('network', ref)
  for (const { address } of names.networks?.[ref]?.ips ?? []) {
    if (hostAddress(address.split('/', 1)[0] ?? '') === undefined)
      throw notAnAddress(`in network ${ref}`, address)
  }
}

function checkToken(what: string, text: string): void {
  if (isHostToken(text)) return
  throw refusal(what, text, 'Use letters, digits, dot, dash and underscore, at most 253 of them.')
}

function notAnAddress(where: string, text: string): CniError {
  return usageError(
    `invalid address ${where}: ${JSON.stringify(text.slice(0, 64))}`,
    'Give an IPv4 or IPv6 address.',
  )
}
