import { usageError } from '@vethra/cni'
import { isHostToken } from './check-host.ts'
import type { ExtraHost } from './container-names.ts'
import { hostAddress } from './host-address.ts'

/** Reads `--add-host`: `name:ip`, `name=ip`, brackets allowed, or `host-gateway`. Throws CniError 103 with texts of docker/cli and nerdctl. */
export function parseExtraHost(text: string, hostGateway?: string): ExtraHost {
  const { name, value } = split(text)
  if (!isHostToken(name))
    throw usageError(
      `bad format for add-host: ${JSON.stringify(text.slice(0, 128))}`,
      'Write it as name:ip or name=ip.',
    )
  if (value === 'host-gateway') return [name, gatewayAddress(hostGateway)]
  const address = value.replace(/^\[(.*)\]$/, '$1').trim()
  if (hostAddress(address) === undefined)
    throw usageError(
      `invalid IP address in add-host: ${JSON.stringify(value.slice(0, 128))}`,
      'Write it as name:ip, with an IPv4 or IPv6 address or host-gateway.',
    )
  return [name, address]
}

// An address may hold colons, a name may not: docker/cli looks for the equals sign first.
function split(text: string): { name: string; value: string } {
  const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
  return at < 0 ? { name: '', value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) }
}

function gatewayAddress(hostGateway: string | undefined): string {
  if (hostGateway !== undefined && hostAddress(hostGateway) !== undefined) return hostGateway
  throw usageError('unable to derive the IP value for host-gateway', {
    ...(hostGateway ? { details: JSON.stringify(hostGateway.slice(0, 64)) } : {}),
    hint: 'Set host_gateway_ip in the settings, or give the address itself.',
  })
}
