import { present } from '@vethra/cni'
import { type HostLocalConf, readDataDir, readHostLocalConf } from '@vethra/ipam'
import type { Holding, IpamPlugin, PluginRequest } from './plugin.ts'

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
  holding,
  claim: ({ sets, requested, resolvConf }, request) => ({
    ...holding(request),
    sets,
    requested,
    ...present({ resolvConf }),
  }),
  answer: ({ routes }, ips) => ({ ips, routes, dns: {} }),
}

function holding({ conf, network, attachment: { containerId, ifname } }: PluginRequest): Holding {
  return { network, holder: { containerId, ifname }, dataDir: readDataDir(conf) }
}
