import { type CniError, ioError } from '@vethra/cni'
import { explainErrno, type Refusal } from '@vethra/netlink'
import {
  type Change,
  describeChange,
  type Resource,
  resourceHint,
  type Sysctl,
  targetOf,
} from '@vethra/state'

const notPermitted = 1
const missing = 2
const noAccess = 13
const exists = 17
const readOnly = 30
const notSupported = 95

/** The CniError 5 of a change that the kernel refused: its name, the kernel's reason and words, and what the kernel lacks. */
export function refusedChange(
  change: Change,
  { errno, text }: Omit<Refusal, 'sequence'>,
): CniError {
  const words = text === '' ? '' : ` (${text})`
  const { resource } = targetOf(change)
  const hint = hintOf(errno, resource)
  return ioError(`cannot ${describeChange(change)}: ${explainErrno(errno)}${words}`, hint)
}

function hintOf(errno: number, resource: Resource): string | undefined {
  if (resource.kind === 'sysctl') return sysctlHint(errno, resource)
  if (errno === notPermitted) return 'Run as root, with CAP_NET_ADMIN.'
  // The kernel's words on a link that has IPv6 switched off.
  if (errno === noAccess && resource.kind === 'address' && resource.address.includes(':'))
    return 'Allow IPv6: sysctl -w net.ipv6.conf.default.disable_ipv6=0; or make the network without it.'
  if (errno === exists && (resource.kind === 'admit' || resource.kind === 'masquerade'))
    return 'Remove the element of table inet vethra that others made and that overlaps it: "vethra doctor" names it.'
  const isLacking = errno === notSupported || (errno === missing && resource.kind === 'qdisc')
  return isLacking ? resourceHint(resource) : undefined
}

function sysctlHint(errno: number, { place, key, value }: Sysctl): string | undefined {
  if (errno === missing && key.startsWith('net/ipv6/conf/all/'))
    return 'Boot the host with IPv6 (without ipv6.disable=1), or make the network without it.'
  if (errno === missing && key.startsWith('net/ipv6/'))
    return 'Give the network an MTU of 1280 or more, with which interfaces have IPv6, or no IPv6.'
  if (errno === notPermitted || errno === noAccess)
    return 'Run with CAP_NET_ADMIN in the user namespace that the network namespace belongs to, and under no profile of AppArmor or SELinux that denies /proc/sys.'
  if (errno !== readOnly) return undefined
  if (place === 'container') return 'Mount /proc/sys for writing.'
  return `Mount /proc/sys for writing, or have the host set it: sysctl -w ${key}=${value}`
}
