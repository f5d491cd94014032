import { readStaticConf, type StaticConf } from '@vethra/ipam'
import type { IpamPlugin } from './plugin.ts'

/** The IPAM plugin `static`: the addresses of its conf, reserved nowhere. */
export const staticAddresses: IpamPlugin<StaticConf> = {
  type: 'static',
  keys: ['addresses', 'routes', 'dns'],
  parse: ({ conf, attachment }) =>
    readStaticConf(conf, attachment.cniArgs.map(([key, value]) => `${key}=${value}`).join(';')),
  holding: () => undefined,
  claim: () => undefined,
  answer: (conf) => conf,
}
