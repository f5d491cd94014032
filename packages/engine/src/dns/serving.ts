import { type CniError, noProgramError, resolverLogSocket } from '@vethra/cni'
import { visibleTo, type ZoneAsker } from '@vethra/dns'
import type { DnsSockets } from '@vethra/world'
import { type Admission, newAdmission } from './admission.ts'
import type { NamespaceNames } from './dns-names.ts'
import type { ResolverTools } from './dns-tools.ts'
import { newFairShare } from './fair-share.ts'
import { type Forwarder, newForwarder } from './forwarder.ts'
import { type HeardPlace, hearer } from './hear.ts'
import { newLentAddresses } from './lent-addresses.ts'
import { newListeners } from './listeners.ts'
import { questionLog } from './question-log.ts'
import type { Recorded } from './recorded.ts'
import type { ResolverState } from './resolver-state.ts'
import { placesOf, type ServedNetwork, servedNetworks } from './served-networks.ts'
import { newUpstreamHealth, type UpstreamFault, type UpstreamHealth } from './upstream-health.ts'
import { openUpstreamServers, type UpstreamServers } from './upstream-servers.ts'
import type { KeptRecord } from './zone-container.ts'

/** The part that answers questions, by what is recorded. */
export interface Serving {
  /** Answers by what is recorded now. */
  place(): void
  /** Listens where DNS is on. `isChanged`: lent addresses may be gone, or their bridges have come. */
  listen(isChanged: boolean): Promise<ResolverState['Networks']>
  /** Follows the host's resolv.conf. */
  tendUpstream(): Promise<void>
  /** Finds servers upstream that ask us. */
  probe(): Promise<void>
  /** The servers upstream that are of no use, and why. */
  faults(): readonly UpstreamFault[]
  /** Has containers ask, in networks that are not known yet, or in all. True when some are to ask others now, or again. */
  examine(all: boolean): Promise<boolean>
  /** Whether containers are to ask again soon. */
  isInDoubt(): boolean
  close(): Promise<void>
}

/** Begins to answer by what is recorded; it listens nowhere yet. */
export async function openServing(tools: ResolverTools, recorded: Recorded): Promise<Serving> {
  const sockets = await openSockets(tools)
  const places = placesIn(recorded)
  const upstream = await openUpstream(tools, sockets, places.has)
  const nowMs = tools.clock.now
  const share = newFairShare(sockets.restrain)
  const lines = await openLog(tools, sockets)
  const answer = hearer({
    placeAt: places.at,
    serversOf: (askerAddress, network) =>
      upstream.servers.of(recordOf(recorded.all(), { askerAddress, network })),
    forwarder: upstream.forwarder,
    admits: (asker, isBehind) => share.admits({ asker, isBehind, nowMs: nowMs() }),
    log: questionLog(lines, () => timeText(nowMs())),
    onLoop: upstream.health.onLoop,
  })
  const listeners = newListeners(sockets, { answer }, await tools.facts())
  const lent = newLentAddresses(tools)
  const refusal = (address: string) => listeners.refusal(address) ?? lent.refusal(address)
  const admission = newAdmission({ ...tools, sockets })
  const report = once(tools.onReport)
  return {
    place: places.renew,
    async listen(isChanged) {
      const wanted = places.wanted()
      await listeners.set(wanted.flatMap(({ addresses }) => addresses))
      await lent.lend(openNetworks(wanted, listeners.refusal), recorded.all(), isChanged)
      return wanted.map((each) => shownNetwork({ refusal, admission, report }, each))
    },
    tendUpstream: upstream.tend,
    probe: () => upstream.health.probe(upstream.servers.of(undefined)),
    faults: upstream.health.faults,
    examine: (isAll) =>
      admission.examine(openNetworks(places.wanted().filter(lent.isReady), refusal), isAll),
    isInDoubt: admission.isInDoubt,
    async close() {
      listeners.close()
      lines.close()
      await admission.close()
    },
  }
}

/** Where is to be answered, by what is recorded. */
interface Places {
  wanted(): readonly ServedNetwork[]
  at(address: string): HeardPlace | undefined
  has(address: string): boolean
  renew(): void
}

function placesIn(recorded: Recorded): Places {
  let all = recorded.all()
  let wanted = servedNetworks(all)
  let heard = placesOf(all, wanted)
  return {
    wanted: () => wanted,
    at: (address) => heard.get(address),
    has: (address) => heard.has(address),
    renew() {
      const now = recorded.all()
      // Most looks find nothing new, and a host may have hundreds of networks.
      if (now.length === all.length && now.every((each, at) => each === all[at])) return
      all = now
      wanted = servedNetworks(all)
      heard = placesOf(all, wanted)
    },
  }
}

interface Upstream {
  readonly servers: UpstreamServers
  readonly health: UpstreamHealth
  readonly forwarder: Forwarder
  readonly tend: Serving['tendUpstream']
}

async function openUpstream(
  { clock, resolved, facts, onReport }: ResolverTools,
  sockets: DnsSockets,
  isOurs: (address: string) => boolean,
): Promise<Upstream> {
  const effects = await facts()
  const servers = await openUpstreamServers({ settings: resolved.settings, effects, isOurs })
  const health = newUpstreamHealth({ sockets, nowMs: clock.now, onReport })
  const tools = { sockets, sleep: clock.idle, nowMs: clock.now, health }
  const forwarder = newForwarder(tools)
  const tend = async () => {
    if (await servers.refresh()) forwarder.forget()
  }
  return { servers, health, forwarder, tend }
}

/** Why an address is not answered at; undefined where it is. */
type Refusal = (address: string) => CniError | undefined

// The networks with those of their addresses that are answered at.
function openNetworks(
  wanted: readonly ServedNetwork[],
  refusal: Refusal,
): readonly ServedNetwork[] {
  return wanted.map((each) => ({
    ...each,
    addresses: each.addresses.filter((address) => refusal(address) === undefined),
  }))
}

interface ListeningParts {
  readonly refusal: Refusal
  readonly admission: Pick<Admission, 'refusal'>
  readonly report: (error: CniError) => void
}

// A network with the addresses that it is answered at; why it is not is reported.
function shownNetwork(
  { refusal, admission, report }: ListeningParts,
  { file, name, addresses }: ServedNetwork,
): ResolverState['Networks'][number] {
  const refusals = addresses.flatMap((each) => refusal(each) ?? [])
  const unheard = admission.refusal(file)
  for (const each of [...refusals, ...(unheard ? [unheard] : [])]) report(each)
  const Addresses = addresses.filter((each) => refusal(each) === undefined)
  const taken = Addresses.length > 0 ? undefined : refusals[0]
  const Refused = (taken ?? unheard)?.message ?? ''
  return { File: file, Name: name, Addresses, Refused }
}

// Reports each message once.
function once(onReport: (error: CniError) => void): (error: CniError) => void {
  const told = new Set<string>()
  return (error) => {
    if (!told.has(error.message)) onReport(error)
    told.add(error.message)
  }
}

async function openLog(
  { places, files }: ResolverTools,
  sockets: DnsSockets,
): Promise<Awaited<ReturnType<DnsSockets['openLines']>>> {
  const path = resolverLogSocket(places)
  await files.makeFolder(path.slice(0, path.lastIndexOf('/')), 0o755)
  return sockets.openLines(path)
}

function timeText(ms: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
  return new Date(ms).toISOString()
}

async function openSockets({ dnsSockets }: ResolverTools): Promise<DnsSockets> {
  if (dnsSockets !== undefined) return dnsSockets()
  throw noProgramError(
    'cannot listen on port 53 of an address that is not there yet',
    'Call the built executable: Node has no way to such sockets.',
  )
}

function recordOf(all: readonly NamespaceNames[], asker: ZoneAsker): KeptRecord | undefined {
  for (const { zone, records } of all) {
    const id = visibleTo(zone, asker)?.containerId
    if (id !== undefined) return records.get(id)
  }
  return undefined
}
