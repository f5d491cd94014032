import type { Result } from '@vethra/cni'

/** A name that the operator gave an address of their own: `--add-host`. */
export type ExtraHost = readonly [name: string, address: string]

/** The names and addresses of a container: the content of its meta.json. */
export interface ContainerNames {
  readonly id: string
  /** Empty when it has none. */
  readonly name: string
  /** Empty when it has none. */
  readonly hostname: string
  readonly domainname?: string
  /** In the order given; a name may come more than once. */
  readonly extraHosts: readonly ExtraHost[]
  /** The result of ADD by network reference as typed: a name, or 12 or 64 hex of an id. Null in modes none, host and ns. */
  readonly networks: Readonly<Record<string, Result>> | null
  /** More names in a network, by its reference. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>
  /** The rank for an address that two containers claim: the higher number (default 0), then the lower id. */
  readonly precedence?: number
}

/** The names of a container without those that it has in a network. */
export function namesWithout(names: ContainerNames, refs: readonly string[]): ContainerNames {
  const left = <T>(entries: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(entries).filter(([ref]) => !refs.includes(ref)))
  return {
    ...names,
    networks: names.networks && left(names.networks),
    ...(names.aliases === undefined ? {} : { aliases: left(names.aliases) }),
  }
}
