import {
  CniError,
  type ConfList,
  goField,
  type Json,
  type PluginCall,
  parseJson,
} from '@vethra/cni'
import type { HostTools } from './host-tools.ts'

/** The socket of the daemon of the plugin dhcp, where its conf names no other. */
export const dhcpSocket = '/run/cni/dhcp.sock'

/** Throws CniError 11 where a plugin leases by DHCP and no daemon answers at its socket: before anything is made. */
export async function demandDhcp({ facts }: HostTools, { plugins }: ConfList): Promise<void> {
  for (const { text } of plugins.filter(({ ipamType }) => ipamType === 'dhcp')) {
    const socket = socketIn(parseJson(text))
    if (await (await facts?.())?.isListening(socket)) continue
    throw new CniError({
      code: 11,
      message: `no DHCP daemon answers at ${socket}`,
      hint: startingDhcp('/usr/lib/cni'),
    })
  }
}

/** A failure of the plugin dhcp in words that say what to do; undefined for others. */
export function dhcpFailure(
  { type, operation, ifname }: PluginCall,
  cause: CniError,
): CniError | undefined {
  if (type !== 'dhcp') return undefined
  if (operation === 'ADD' && cause.code === 104) {
    return new CniError({
      code: 104,
      message: `no DHCP server gave ${ifname} an address in time`,
      hint: 'See that a server answers on the network of the parent interface, and has a free address; --plugin-timeout sets the limit in seconds.',
      cause,
    })
  }
  // The plugin's own words.
  if (!cause.message.includes('error dialing DHCP daemon')) return undefined
  const message = `no DHCP daemon answers to release the lease of ${ifname}`
  return new CniError({ code: 11, message, hint: startingDhcp('/usr/lib/cni'), cause })
}

/** How the daemon is started, with the folder of CNI plugins. */
export function startingDhcp(folder: string): string {
  return `Start it: systemctl enable --now vethra-dhcp.socket, or ${folder}/dhcp daemon.`
}

function socketIn(conf: Json): string {
  const path = goField(goField(conf, 'ipam'), 'daemonSocketPath')
  return typeof path === 'string' && path !== '' ? path : dhcpSocket
}
