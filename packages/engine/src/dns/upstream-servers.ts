import type { BundleRecord } from '@vethra/container'
import { containerResolvConf, usesStub, values } from '@vethra/names'
import type { HostFacts, World } from '@vethra/world'

/** The upstream resolvers of containers. */
export interface UpstreamServers {
  /** Those of a container by its record, else of the host, in their order: those named for it, else those of the settings, else the host's. */
  of(record: Pick<BundleRecord, 'dns'> | undefined): readonly string[]
  /** Reads the host's resolv.conf again; true when its servers are others now. */
  refresh(): Promise<boolean>
}

/** Upstream as the host's resolv.conf has it, with what a host can ask and its containers cannot: loopback addresses. */
export async function openUpstreamServers(tools: {
  readonly settings: World['resolved']['settings']
  readonly effects: Pick<HostFacts, 'resolvConf'>
  /** Whether an address is one that we listen on. */
  readonly isOurs: (address: string) => boolean
}): Promise<UpstreamServers> {
  const { settings, effects, isOurs } = tools
  let host = ''
  let known = new Map<string, readonly string[]>()
  const compute = (cli: BundleRecord['dns']): readonly string[] => {
    const { dns: servers } = settings
    const { conf } = containerResolvConf({
      mode: 'host',
      host,
      cli,
      settings: servers === undefined ? {} : { servers },
      ipv6: true,
    })
    return values(conf.nameservers).filter((each) => !isOurs(each))
  }
  const of: UpstreamServers['of'] = (record) => {
    const { servers = [] } = record?.dns ?? {}
    const key = servers.join()
    const found = known.get(key)
    if (found !== undefined) return found
    const made = compute(servers.length > 0 ? { servers } : {})
    known.set(key, made)
    return made
  }
  const refresh = async () => {
    const before = of(undefined).join()
    host = await effects.resolvConf(usesStub)
    known = new Map()
    return of(undefined).join() !== before
  }
  await refresh()
  return { of, refresh }
}
