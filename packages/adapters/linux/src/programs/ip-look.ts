import { present } from '@vethra/cni'
import type { FoundLink } from '@vethra/netlink'
import type { IpLink, IpRoute } from '../ip-json.ts'
import type { SeenRoute } from '../observed/looking.ts'

/** Links as netlink reports them. */
export function linksFrom(listed: readonly IpLink[]): readonly FoundLink[] {
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
      arp: !flags.includes('NOARP'),
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
  listed: readonly IpRoute[],
  family: 4 | 6,
  index: (name: string | undefined) => number | undefined,
): readonly SeenRoute[] {
  const [whole, bits] = family === 4 ? ['0.0.0.0/0', 32] : ['::/0', 128]
  return listed.flatMap(({ dst, prefsrc: source, metric = 0, nexthops, ...more }) => {
    const { table = 'main', type = 'unicast' } = more
    const prefix = dst.includes('/') ? dst : `${dst}/${bits}`
    return (nexthops ?? [more]).flatMap(({ dev, gateway }) => {
      const through = index(dev)
      if (type !== 'unicast' || through === undefined) return []
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
  })
}
