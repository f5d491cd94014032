import { formatAddress, readAddress } from '@vethra/address'
import { readTextIfReadable } from '@vethra/files'
import type { ObservedFlow } from '@vethra/findings'

/** Where UDP packets that were sent on went, each port and target once. Empty where the kernel does not tell, or has more to tell than is sensible to read. */
export async function observedFlows(): Promise<readonly ObservedFlow[]> {
  return parseFlows((await readTextIfReadable('/proc/self/net/nf_conntrack')) ?? '')
}

/** The UDP lines of /proc/net/nf_conntrack whose packets are sent to another address than they were sent to. */
export function parseFlows(text: string): readonly ObservedFlow[] {
  const found = new Map<string, ObservedFlow>()
  for (const line of text.split('\n')) {
    const [, to, port, target] = udp.exec(line) ?? []
    if (to === undefined || target === undefined || to === target) continue
    found.set(`${port} ${target}`, { hostPort: Number(port), target: shortest(target) })
  }
  return [...found.values()]
}

// The way there, then the way back, whose source is where packets went.
const udp = /^ipv[46] +\d+ udp .*? dst=(\S+) sport=\d+ dport=(\d+) .*?src=(\S+) dst=/

function shortest(address: string): string {
  const read = readAddress(address)
  return read === undefined ? address : formatAddress(read)
}
