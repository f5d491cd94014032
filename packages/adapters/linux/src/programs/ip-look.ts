import { present } from '@vethra/cni'
import type { FoundLink } from '@vethra/netlink'
import type { SeenRoute } from '../observed/looking.ts'

/** An interface as `ip -j -d link` prints it. */
export interface JsonLink {
  readonly ifindex: number
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly address?: string
  readonly ifalias?: string
  readonly master?: string
  /** The other end or what it lies on: by index in another namespace, by name in its own. */
  readonly link_index?: number
  readonly link?: string | null
  readonly txqlen?: number
  readonly inet6_addr_gen_mode?: string
  readonly linkinfo?: {
    readonly info_kind?: string
    readonly info_slave_kind?: string
    readonly info_slave_data?: {
      readonly hairpin?: boolean
      readonly isolated?: boolean
      readonly locked?: boolean
    }
  }
}

/** An interface as `ip -j addr` prints it. */
export interface JsonAddressed {
  readonly ifindex: number
  readonly addr_info: readonly {
    readonly local: string
    readonly prefixlen: number
    readonly scope: string
  }[]
}

/** A route as `ip -j route show table all` prints it. */
export interface JsonRoute {
  readonly dst: string
  readonly type?: string
  readonly gateway?: string
  readonly prefsrc?: string
  readonly dev?: string
  readonly metric?: number
  readonly table?: string
}

/** Links as netlink reports them. */
export function linksFrom(listed: readonly JsonLink[]): readonly FoundLink[] {
  const index = (name: string | null | undefined) =>
    listed.find((each) => each.ifname === name)?.ifindex
  return listed.map((each): FoundLink => {
    const { flags, linkinfo = {}, inet6_addr_gen_mode: mode } = each
    const master = index(each.master)
    const lower = each.link_index ?? index(each.link)
    const { hairpin = false, isolated = false, locked = false } = linkinfo.info_slave_data ?? {}
    return {
      index: each.ifindex,
      name: each.ifname,
      mac: each.address ?? '',
      mtu: each.mtu,
      up: flags.includes('UP'),
      kind: linkinfo.info_kind ?? '',
      alias: each.ifalias ?? '',
      group: 0,
      promiscuous: flags.includes('PROMISC'),
      allMulticast: flags.includes('ALLMULTI'),
      transmitQueueLength: each.txqlen ?? 0,
      ...present({ master, lower }),
      ...(linkinfo.info_slave_kind === 'bridge' ? { port: { hairpin, isolated, locked } } : {}),
      ...(mode === undefined ? {} : { linkLocal: mode !== 'none' }),
    }
  })
}

const tables: Readonly<Record<string, number>> = { default: 253, main: 254, local: 255 }

/** Routes of one family as netlink reports them: those that lead to one interface. */
export function routesFrom(
  listed: readonly JsonRoute[],
  family: 4 | 6,
  index: (name: string | undefined) => number | undefined,
): readonly SeenRoute[] {
  const [whole, bits] = family === 4 ? ['0.0.0.0/0', 32] : ['::/0', 128]
  return listed.flatMap(({ dst, gateway, prefsrc: source, dev, metric = 0, ...more }) => {
    const { table = 'main', type = 'unicast' } = more
    const through = index(dev)
    if (type !== 'unicast' || through === undefined) return []
    const prefix = dst.includes('/') ? dst : `${dst}/${bits}`
    return [
      {
        index: through,
        destination: dst === 'default' ? whole : prefix,
        priority: metric,
        table: tables[table] ?? Number(table),
        ...present({ gateway, source }),
      },
    ]
  })
}
