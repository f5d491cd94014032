import { type HostLocalConf, readHostLocalConf } from '@vethra/ipam'
import type { IpamPlugin } from './plugin.ts'

/** The IPAM plugin `host-local`: one address out of each range set, reserved in a folder. */
export const hostLocal: IpamPlugin<HostLocalConf> = {
  type: 'host-local',
  keys: [
    'subnet',
    'rangeStart',
    'rangeEnd',
    'gateway',
    'ranges',
    'routes',
    'dataDir',
    'resolvConf',
  ],
  parse: ({ conf, attachment }) =>
    readHostLocalConf(conf, attachment.cniArgs.map(([key, value]) => `${key}=${value}`).join(';')),
  claim: ({ sets, requested, dataDir, resolvConf }, { network, attachment }) => ({
    network,
    holder: { containerId: attachment.containerId, ifname: attachment.ifname },
    sets,
    requested,
    dataDir,
    ...(resolvConf === undefined ? {} : { resolvConf }),
  }),
  answer: ({ routes }, ips) => ({ ips, routes, dns: {} }),
}
