import { CniError, type Result } from '@vethra/cni'
import type { Owner, Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { macFor } from './names.ts'
import type { PlanInput, Planned, Plugin } from './plugin.ts'
import { dnsOf, objectOf, textOf } from './read-conf.ts'
import { ipOf } from './subnets.ts'

/** The conf of `dummy`, checked. */
export interface DummyConf {
  readonly dns?: Result['dns']
}

/** The plugin `dummy`: an interface that leads nowhere, with addresses. */
export const dummy: Plugin<DummyConf> = {
  type: 'dummy',
  keys: ['dns', 'ipam'],
  linkFirst: true,
  parse: ({ conf }) => {
    if (textOf(objectOf(conf, 'ipam') ?? {}, 'type') === undefined && conf['ipam'] !== undefined)
      throw noIpam()
    const dns = dnsOf(conf)
    return dns === undefined ? {} : { dns }
  },
  wants: () => ({}),
  plan,
}

function plan(conf: DummyConf, { request, addresses, made }: PlanInput): Planned {
  const { network, attachment, cniVersion } = request
  const { containerId, ifname, netns } = attachment
  const { ips: given = [], routes = [], dns = {} } = addresses ?? {}
  const ips = given.flatMap((ip) => ipOf(ip) ?? [])
  const known = made?.interfaces.find(({ name }) => name === ifname)?.mac?.toLowerCase()
  const mac = known ?? macFor(network, containerId, ifname)
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const resources: readonly Resource[] = [
    { kind: 'link', place: 'container', name: ifname, type: { name: 'dummy' }, up: true, mac },
    ...configureInterface(ifname, ips, routes),
  ]
  return {
    resources: resources.map((resource) => ({ resource, owner })),
    result: {
      cniVersion,
      interfaces: [{ name: ifname, mac, sandbox: netns }],
      ips: given.map((ip) => ({ ...ip, interface: 0 })),
      routes,
      dns: conf.dns ?? dns,
    },
  }
}

function noIpam(): CniError {
  return new CniError({ code: 7, message: 'dummy interface requires an IPAM configuration' })
}
