import type { Result } from '@vethra/cni'
import { present } from '@vethra/cni'
import type { ContainerNames, ExtraHost } from './container-names.ts'

/** A meta.json's text, nerdctl's keys in its order; a key `Vethra`, which it ignores, for aliases, precedence, and extra hosts that would be lost. */
export function renderMeta(names: ContainerNames): string {
  const extra = Object.fromEntries(names.extraHosts)
  const own = {
    ...(sameHosts(Object.entries(extra), names.extraHosts) ? {} : { ExtraHosts: names.extraHosts }),
    ...present({ Aliases: names.aliases, Precedence: names.precedence }),
  }
  return JSON.stringify({
    ID: names.id,
    Networks: names.networks === null ? null : networksOf(names.networks),
    Hostname: names.hostname,
    ExtraHosts: extra,
    Name: names.name,
    Domainname: names.domainname ?? '',
    ...(Object.keys(own).length > 0 ? { Vethra: own } : {}),
  })
}

function networksOf(networks: Readonly<Record<string, Result>>): object {
  return Object.fromEntries(
    Object.entries(networks).map(([ref, result]) => [ref, resultOf(result)]),
  )
}

// Go's types100.Result: lists are left out when empty, and the struct `dns` never is.
function resultOf({ cniVersion, interfaces, ips, routes, dns }: Result): object {
  return {
    cniVersion,
    ...(interfaces.length > 0 ? { interfaces } : {}),
    ...(ips.length > 0 ? { ips } : {}),
    ...(routes.length > 0 ? { routes } : {}),
    dns,
  }
}

function sameHosts(a: readonly ExtraHost[], b: readonly ExtraHost[]): boolean {
  return (
    a.length === b.length &&
    a.every(([name, address], index) => name === b[index]?.[0] && address === b[index][1])
  )
}
