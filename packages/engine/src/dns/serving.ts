import { CniError } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import { visibleTo, type ZoneAsker } from '@vethra/dns'
import type { DnsSockets } from '@vethra/world'
import type { NamespaceNames } from './dns-names.ts'
import type { ResolverTools } from './dns-tools.ts'
import { newForwarder } from './forwarder.ts'
import { hearer } from './hear.ts'
import { newListeners } from './listeners.ts'
import type { Recorded } from './recorded.ts'
import type { ResolverState } from './resolver-state.ts'
import { placesOf, wantedNetworks } from './served-networks.ts'
import { openUpstreamServers } from './upstream-servers.ts'

/** The part that answers questions, by what is recorded. */
export interface Serving {
  /** Answers by what is recorded now. */
  place(): void
  /** Listens where DNS is on. */
  listen(): Promise<ResolverState['Networks']>
  /** Follows the host's resolv.conf. */
  tendUpstream(): Promise<void>
  close(): void
}

/** Begins to answer by what is recorded; it listens nowhere yet. */
export async function openServing(tools: ResolverTools, recorded: Recorded): Promise<Serving> {
  const { clock } = tools
  const sockets = await openSockets(tools)
  const effects = await tools.facts()
  const { settings } = tools.resolved
  let heard = placesOf(recorded.all())
  const isOurs = (address: string) => heard.has(address)
  const upstream = await openUpstreamServers({ settings, effects, isOurs })
  const nowMs = clock.now
  const onFailure = () => undefined
  const forwarder = newForwarder({ sockets, sleep: clock.sleep, nowMs, onFailure })
  const answer = hearer({
    placeAt: (address) => heard.get(address),
    serversOf: (askerAddress, network) =>
      upstream.of(recordOf(recorded.all(), { askerAddress, network })),
    forwarder,
    onLoop: () => undefined,
  })
  const listeners = newListeners(sockets, { answer }, effects)
  const told = new Set<string>()
  const report = (error: CniError) => {
    if (!told.has(error.message)) tools.onReport(error)
    told.add(error.message)
  }
  return {
    place: () => {
      heard = placesOf(recorded.all())
    },
    async listen() {
      const wanted = wantedNetworks(recorded.all())
      await listeners.set(wanted.flatMap(({ addresses }) => addresses))
      return wanted.map(({ file, name, addresses }) => {
        const refusals = addresses.flatMap((each) => listeners.refusal(each) ?? [])
        refusals.forEach(report)
        const Addresses = addresses.filter((each) => listeners.refusal(each) === undefined)
        const Refused = Addresses.length > 0 ? '' : (refusals[0]?.message ?? '')
        return { File: file, Name: name, Addresses, Refused }
      })
    },
    async tendUpstream() {
      if (await upstream.refresh()) forwarder.forget()
    },
    close: listeners.close,
  }
}

async function openSockets({ dnsSockets }: ResolverTools): Promise<DnsSockets> {
  if (dnsSockets !== undefined) return dnsSockets()
  throw new CniError({
    code: 100,
    message: 'cannot listen on port 53 of an address that is not there yet',
    hint: 'Call the built executable: Node has no way to such sockets.',
  })
}

function recordOf(all: readonly NamespaceNames[], asker: ZoneAsker): BundleRecord | undefined {
  for (const { zone, containers } of all) {
    const id = visibleTo(zone, asker)?.containerId
    if (id !== undefined) return containers.get(id)?.record
  }
  return undefined
}
