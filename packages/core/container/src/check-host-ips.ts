import { contains, readAddress } from '@vethra/address'
import { parsePrefix, usageError } from '@vethra/cni'
import type { PortRequest } from './port-spec.ts'

// Multicast and broadcast addresses take no connections, a link-local one is of no interface without its
// zone, and what comes from ::1 never leaves the host (RFC 4291, 2.5.3).
const unreachable = ['224.0.0.0/4', '255.255.255.255/32', '::1/128', 'fe80::/10', 'ff00::/8']

/** Throws CniError 103 naming the first request for a host address through which no container can be reached. */
export function checkHostIps(requests: readonly PortRequest[]): void {
  for (const { text, hostIP = '' } of requests) {
    const address = readAddress(hostIP)
    if (address && unreachable.some((each) => contains(parsePrefix('prefix', each), address))) {
      throw usageError(
        `-p ${text} cannot work: no container can be reached through ${hostIP}`,
        'Publish the port at another address of the host, or leave the address out.',
      )
    }
  }
}
