import { confError } from '@vethra/cni'
import type { Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, RuleFact } from './plugin.ts'
import { needsPrevious } from './previous.ts'
import { integerOf, linkNameOf } from './read-conf.ts'
import { ipOf } from './subnets.ts'
import { words } from './words.ts'

/** The conf of `vrf`, checked. */
export interface VrfConf {
  readonly name: string
  /** Absent for that of an existing VRF, or the first that no rule and no VRF uses. */
  readonly table?: number
}

/** The plugin `vrf`: the container's interface in a routing domain of its own. */
export const vrf: Plugin<VrfConf> = {
  type: 'vrf',
  features: ['VRF'],
  chained: words.noEarlierResult,
  alone: true,
  keys: ['vrfname', 'table'],
  parse: ({ conf }) => {
    const name = linkNameOf(conf, 'vrfname')
    if (name === undefined) throw confError('configuration is expected to have a valid vrf name')
    const table = integerOf(conf, 'table', [0, 2 ** 32 - 1])
    return { name, ...(table ? { table } : {}) }
  },
  wants: () => ({ tables: true }),
  plan,
}

function plan(conf: VrfConf, { request, previous, facts, removing }: PlanInput): Planned {
  const result = needsPrevious('vrf', { previous, request, removing })
  const { network, attachment } = request
  const { ifname } = attachment
  const table = tableOf(conf, facts.tables ?? [])
  const link: Resource = {
    kind: 'link',
    place: 'container',
    name: conf.name,
    type: { name: 'vrf', table },
    up: true,
  }
  const port: Resource = {
    kind: 'link settings',
    place: 'container',
    link: ifname,
    master: conf.name,
  }
  const ips = result.ips
    .filter(({ interface: at }) => at === undefined || result.interfaces[at]?.name === ifname)
    .flatMap((ip) => ipOf(ip) ?? [])
  const routes = result.routes.map((route) => ({ ...route, table: route.table ?? table }))
  const within = configureInterface(request, ips, routes).filter(
    ({ kind }) => kind !== 'link settings',
  )
  return {
    resources: [
      // Others of the container may be ports of it, too: it goes with the namespace.
      ...owned({ kind: 'network', network }, [link]),
      ...owned(ownerOf(request), [port, ...within]),
    ],
    result,
    // A port of a VRF loses its IPv6 addresses and its routes.
    again: true,
  }
}

function tableOf({ name, table }: VrfConf, taken: readonly RuleFact[]): number {
  const existing = taken.find(({ vrf: of }) => of === name)?.table
  if (existing !== undefined && table !== undefined && existing !== table)
    throw confError(words.otherVrfTable(name, existing))
  return existing ?? table ?? firstFree(taken)
}

function firstFree(taken: readonly RuleFact[]): number {
  let table = 1
  while (taken.some((each) => each.table === table)) table += 1
  return table
}
