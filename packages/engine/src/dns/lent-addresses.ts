import { type CniError, noProgramError, onCniError } from '@vethra/cni'
import { keyOf, type Owned, type Resource, type State } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'
import { converge } from '../converge.ts'
import type { NamespaceNames } from './dns-names.ts'
import type { DnsTools, ResolverTools } from './dns-tools.ts'
import { type Borrower, lendingFault } from './lending-fault.ts'
import { type ServedNetwork, servedNetworks } from './served-networks.ts'

/** The addresses that bridges of internal networks have while the resolver runs. */
interface LentAddresses {
  /** Gives bridges of internal networks their listened addresses; others lose them. A refused one waits 5 seconds; others for `isChanged`. */
  lend(
    listened: readonly ServedNetwork[],
    all: readonly NamespaceNames[],
    isChanged: boolean,
  ): Promise<void>
  /** Why a bridge cannot have an address; undefined where it has it, or is missing. */
  refusal(address: string): CniError | undefined
  /** Whether a network's bridge has its addresses, lent or its own: until then no question of a container can arrive. */
  isReady(network: ServedNetwork): boolean
}

/** How long what was refused is left alone, in milliseconds. */
const againMs = 5000

/** Lends no address at first. */
export function newLentAddresses(
  tools: Pick<ResolverTools, 'kernel' | 'facts' | 'clock' | 'onReport'>,
): LentAddresses {
  const refused = newRefusals(tools.clock)
  let known = new Map<string, ServedNetwork>()
  const lendIn = async (
    networks: readonly ServedNetwork[],
    all: readonly NamespaceNames[],
  ): Promise<void> => {
    const kernel = await kernelOf(tools)
    const borrowers = await borrowersAmong(kernel, networks)
    const used = borrowers.size > 0 ? await (await tools.facts()).hostPrefixes() : []
    for (const network of networks) {
      const borrower = borrowers.get(network)
      const isOurs = borrower?.isOurs || known.has(placeOf(network))
      const fault = borrower && lendingFault({ ...borrower, isOurs }, all, used)
      const faults = borrower && !fault ? await lendTo(kernel, network) : undefined
      refused.note(network, (address) => fault ?? faults?.get(address))
      if (borrower && !fault) known.set(placeOf(network), network)
    }
  }
  return {
    refusal: refused.refusal,
    isReady: (network) => network.lent.length === 0 || known.has(placeOf(network)),
    async lend(listened, all, isChanged) {
      const lending = listened.filter((each) => stateOf(each).length > 0)
      const wanted = new Map(lending.map((each) => [placeOf(each), each]))
      const left = [...known].flatMap(([place, each]) => (wanted.has(place) ? [] : [each]))
      known = new Map([...wanted].filter(([place]) => known.has(place)))
      for (const each of left) refused.note(each, () => undefined)
      if (left.length > 0)
        await takeBack(await kernelOf(tools), left).catch(onCniError(tools.onReport))
      const due = lending.filter((each) => refused.isDue(each) ?? isChanged)
      const refuseAll = onCniError((error) => {
        for (const each of due) refused.note(each, () => error)
      })
      if (due.length > 0) await lendIn(due, all).catch(refuseAll)
    },
  }
}

function placeOf({ file, bridge }: ServedNetwork): string {
  return `${bridge} ${file}`
}

// The addresses that were refused, and until when they are left alone.
function newRefusals({ now }: Pick<ResolverTools['clock'], 'now'>) {
  const refused = new Map<string, { readonly error: CniError; readonly untilMs: number }>()
  return {
    refusal: (address: string) => refused.get(address)?.error,
    // Undefined where none was refused.
    isDue({ addresses }: ServedNetwork): boolean | undefined {
      const until = addresses.flatMap((each) => refused.get(each)?.untilMs ?? [])
      return until.length > 0 ? Math.max(...until) <= now() : undefined
    },
    note(network: ServedNetwork, errorOf: (address: string) => CniError | undefined) {
      for (const each of network.addresses) {
        const error = errorOf(each)
        if (error) refused.set(each, { error, untilMs: now() + againMs })
        else refused.delete(each)
      }
    },
  }
}

/** Takes back what bridges of internal networks were given, by this process or by one that was killed. */
export async function takeBackAddresses(
  tools: Pick<DnsTools, 'kernel'> & { readonly onFault: (fault: CniError) => void },
  all: readonly NamespaceNames[],
): Promise<void> {
  const networks = servedNetworks(all).filter(({ lent }) => lent.length > 0)
  const kernel = networks.length > 0 ? await tools.kernel?.() : undefined
  if (kernel === undefined) return
  const work = async () => {
    const marks = await kernel.observe('', networks.map(markOf))
    const keys = new Set(marks.map(({ resource }) => keyOf(resource)))
    const lent = networks.filter((each) => keys.has(keyOf(markOf(each).resource)))
    if (lent.length > 0) await takeBack(kernel, lent)
  }
  // A kernel without nf_tables was given nothing.
  await work().catch(onCniError(tools.onFault))
}

// The mark that an address is ours comes before it, and with it goes what else of the host was in reach.
function stateOf(network: ServedNetwork): State {
  const { name, bridge, lent, addresses } = network
  const owned = lent.flatMap((each): State => {
    const [address = '', length] = each.split('/')
    const prefixLength = Number(length)
    const resource = {
      kind: 'address',
      place: 'host',
      link: bridge,
      address,
      prefixLength,
    } as const
    return addresses.includes(address)
      ? [{ owner: { kind: 'network', network: name }, resource }]
      : []
  })
  return owned.length > 0 ? [markOf(network), ...owned] : []
}

function markOf({ name, bridge }: ServedNetwork): Owned {
  const resource: Resource = { kind: 'isolate', bridge, from: 'dnsonly' }
  return { owner: { kind: 'network', network: name }, resource }
}

// The networks whose bridges are there, and lack something.
async function borrowersAmong(
  kernel: AttachmentKernel,
  networks: readonly ServedNetwork[],
): Promise<ReadonlyMap<ServedNetwork, Borrower>> {
  const found = await kernel.observe('', networks.flatMap(stateOf))
  const keys = new Set(found.map(({ resource }) => keyOf(resource)))
  const isFound = ({ resource }: Owned) => keys.has(keyOf(resource))
  const lacking = networks.filter((each) => !stateOf(each).every(isFound))
  if (lacking.length === 0) return new Map()
  const { links } = await kernel.facts({ links: lacking.map(({ bridge }) => bridge) })
  return new Map(
    lacking.flatMap((network) => {
      const link = links[network.bridge]
      if (link?.kind !== 'bridge') return []
      const isOurs = isFound(markOf(network))
      return [[network, { network, has: link.addresses ?? [], isOurs }] as const]
    }),
  )
}

// The faults by address: a kernel without IPv6 takes those of IPv4.
async function lendTo(
  kernel: AttachmentKernel,
  network: ServedNetwork,
): Promise<ReadonlyMap<string, CniError>> {
  const [mark, ...addresses] = stateOf(network)
  const marked = await converge(kernel, { netns: '', desired: mark ? [mark] : [] })
  if (marked.kind === 'failed')
    return new Map(network.addresses.map((each) => [each, marked.error]))
  const faults = new Map<string, CniError>()
  for (const each of addresses) {
    const { resource } = each
    const outcome = await converge(kernel, { netns: '', desired: [each] })
    if (outcome.kind === 'failed' && resource.kind === 'address')
      faults.set(resource.address, outcome.error)
  }
  return faults
}

async function takeBack(
  kernel: AttachmentKernel,
  networks: readonly ServedNetwork[],
): Promise<void> {
  const addresses = networks.flatMap((each) => stateOf(each).slice(1))
  for (const former of [addresses, networks.map(markOf)]) {
    const outcome = await converge(kernel, { netns: '', desired: [], former })
    if (outcome.kind === 'failed') throw outcome.error
  }
}

async function kernelOf({ kernel }: Pick<DnsTools, 'kernel'>): Promise<AttachmentKernel> {
  if (kernel !== undefined) return kernel()
  throw noProgramError('cannot give a bridge an address: no way to the kernel')
}
