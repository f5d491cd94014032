import { readStaticConf, type StaticConf } from '@vethra/ipam'
import { failed } from './go-codes.ts'
import type { Plugin, Request } from './plugin.ts'
import { inGoWords, ipamResult } from './result.ts'

/** static: the IPAM plugin that returns the addresses of its configuration, and keeps nothing. */
export const staticPlugin: Plugin = {
  add: async (request) => ipamResult(confOf(request), request.cniVersion),
  // Nothing is kept, so nothing is to be given back, whatever the conf says.
  del: async () => {},
  check,
  gc: async () => {},
  status: async (request) => void confOf(request),
}

function confOf({ conf, args }: Request): StaticConf {
  return inGoWords(() => readStaticConf(conf, args))
}

async function check(request: Request): Promise<void> {
  const { ips } = confOf(request)
  // Loaded here alone: an ADD has no previous result.
  const { previousResult } = await import('./previous-result.ts')
  const previous = previousResult(request)
  for (const { address, gateway } of ips) {
    const host = hostOf(address)
    const before = previous.ips.find((each) => hostOf(each.address) === host)
    if (gateway === undefined || before === undefined || before.gateway === gateway) continue
    throw failed(`static: Failed to match addr ${host} on interface ${request.ifname}`)
  }
}

function hostOf(address: string): string {
  return address.slice(0, address.indexOf('/'))
}
