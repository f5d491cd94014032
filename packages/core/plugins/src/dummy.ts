import { confError, present, type Result } from '@vethra/cni'
import { macFor } from './names.ts'
import { onlyInterface } from './only-interface.ts'
import type { PlanInput, Planned, Plugin } from './plugin.ts'
import { dnsOf, objectOf, textOf } from './read-conf.ts'

/** The conf of `dummy`, checked. */
export interface DummyConf {
  readonly dns?: Result['dns']
}

/** The plugin `dummy`: an interface that leads nowhere, with addresses. */
export const dummy: Plugin<DummyConf> = {
  type: 'dummy',
  makes: 'dummy',
  features: ['dummy'],
  keys: ['dns', 'ipam'],
  linkFirst: true,
  parse: ({ conf }) => {
    if (textOf(objectOf(conf, 'ipam') ?? {}, 'type') === undefined && conf['ipam'] !== undefined)
      throw confError('dummy interface requires an IPAM configuration')
    return present({ dns: dnsOf(conf) })
  },
  plan,
}

function plan(conf: DummyConf, { request, addresses, made }: PlanInput): Planned {
  const { network, attachment } = request
  const { containerId, ifname } = attachment
  const known = made?.interfaces.find(({ name }) => name === ifname)?.mac?.toLowerCase()
  const mac = known ?? macFor(network, containerId, ifname)
  const type = { name: 'dummy' } as const
  const link = { kind: 'link', place: 'container', name: ifname, type, up: true, mac } as const
  return onlyInterface(request, { link, mac, addresses, dns: conf.dns })
}
