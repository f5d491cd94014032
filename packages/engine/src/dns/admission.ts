import { type CniError, inUseError } from '@vethra/cni'
import { formatMessage, loopProbe } from '@vethra/dns'
import type { AttachmentRecord, DnsSockets, World } from '@vethra/world'
import { type InputTools, newInputRules } from './admitted-input.ts'
import type { ServedNetwork } from './served-networks.ts'

/** Whether questions of containers arrive. */
export interface Admission {
  /** Asks from a container of each network that is not known yet, or of all. True when one is reachable now that was not, or the other way round. */
  examine(networks: readonly ServedNetwork[], all: boolean): Promise<boolean>
  /** Why questions of a network's containers do not arrive; undefined where they do, or nothing is known. */
  refusal(file: string): CniError | undefined
  /** Whether another look is needed soon: questions did not arrive, as while a container is being attached. */
  isInDoubt(): boolean
  /** Takes back what was admitted. */
  close(): Promise<void>
}

/** The parts that admission is examined with. */
export interface AdmissionTools extends InputTools, Pick<World, 'records' | 'netns'> {
  readonly sockets: Pick<DnsSockets, 'ask'>
}

/** A question that every resolver of ours answers. */
const question = formatMessage(
  { ...loopProbe('0'), questions: [{ name: 'localhost', type: 1, class: 1 }] },
  512,
)
/** How often, and for how long in milliseconds, a container asks before a firewall is thought of. */
const [attempts, timeoutMs] = [3, 300]

/** Admits questions as containers ask them: by rules in chain INPUT of iptables; where these do not help, its owner has to. */
export function newAdmission(tools: AdmissionTools): Admission {
  const reachability = newReachability()
  const input = newInputRules(tools)
  const asking = async (candidates: readonly Candidate[]) =>
    (await Promise.all(candidates.map((each) => asked(tools, each)))).flat()

  return {
    async examine(networks, all) {
      const files = new Set(networks.map(({ file }) => file))
      reachability.keepOnly(files)
      await input.keep((input.networks() ?? networks).filter(({ file }) => files.has(file)))
      const due = reachability.due(networks, all)
      const first = await asking(candidatesIn(due, await tools.records.list()))
      const unheard = reachability.suspect(first)
      if (unheard.length > 0) await input.admit(unheard.map(({ network }) => network))
      const second = await asking(unheard)
      return reachability.settle([...first.filter(({ isHeard }) => isHeard), ...second], refused)
    },
    refusal: reachability.refusal,
    isInDoubt: reachability.isInDoubt,
    close: () => input.keep([]),
  }
}

/** A network, and the path of the namespace of a container in it. */
interface Candidate {
  readonly network: ServedNetwork
  readonly netns: string
}

function candidatesIn(
  networks: readonly ServedNetwork[],
  records: readonly AttachmentRecord[],
): readonly Candidate[] {
  return networks.flatMap((network) => {
    const found = records.find((each) => each.network === network.name && each.netns !== '')
    return found && network.addresses.length > 0 ? [{ network, netns: found.netns }] : []
  })
}

// A namespace that went meanwhile says nothing of a firewall.
async function asked(
  tools: AdmissionTools,
  candidate: Candidate,
): Promise<readonly (Candidate & Heard)[]> {
  const isHeard = await arrives(tools, candidate)
  const isThere = isHeard || (await tools.netns.look(candidate.netns)).found === 'namespace'
  return isThere ? [{ ...candidate, isHeard }] : []
}

async function arrives(
  { sockets }: AdmissionTools,
  { network: { addresses }, netns }: Candidate,
): Promise<boolean> {
  const [server = ''] = addresses
  const accepts = () => true
  for (let left = attempts; left > 0; left -= 1) {
    const asking = { server, octets: question, overTcp: false, timeoutMs, accepts, netns }
    if ((await sockets.ask(asking)) !== undefined) return true
  }
  return false
}

function refused({ name, bridge, addresses }: ServedNetwork): CniError {
  const where = addresses.join(' and ')
  return inUseError(
    `DNS is off in network ${name}: a firewall of the host drops questions of its containers to ${where}`,
    `Have it accept port 53, UDP and TCP, from interface ${bridge}; with a thousand containers, raise net.core.netdev_max_backlog. Names go on by hosts files until then.`,
  )
}

interface Heard {
  readonly network: ServedNetwork
  readonly isHeard: boolean
}

/** Whether questions of networks' containers arrive, by the paths of their conf lists. */
interface Reachability {
  /** Forgets networks of other files. */
  keepOnly(files: ReadonlySet<string>): void
  /** The networks that a container is to ask in: those of which nothing is known and those in doubt, or all. */
  due(networks: readonly ServedNetwork[], all: boolean): readonly ServedNetwork[]
  /** Takes first answers. Returns those of networks that were not heard the time before either. */
  suspect<Each extends Heard>(first: readonly Each[]): readonly Each[]
  /** Takes answers that count. True when a network is reachable now that was not, or the other way round. */
  settle(heard: readonly Heard[], refused: (network: ServedNetwork) => CniError): boolean
  /** Why questions of a network do not arrive; undefined where they do, or nothing is known. */
  refusal(file: string): CniError | undefined
  /** Whether a network was not heard once, which is no proof. */
  isInDoubt(): boolean
}

function newReachability(): Reachability {
  const refusals = new Map<string, CniError | undefined>()
  // Once is no proof: the record of an attachment is there before its interface is.
  const suspects = new Set<string>()
  const isOpen = (file: string) => suspects.has(file) && refusals.get(file) === undefined
  return {
    keepOnly(files) {
      for (const file of refusals.keys()) if (!files.has(file)) refusals.delete(file)
      for (const file of suspects) if (!files.has(file)) suspects.delete(file)
    },
    due: (networks, all) =>
      networks.filter(({ file }) => all || !refusals.has(file) || isOpen(file)),
    suspect(first) {
      const unheard = first.filter((each) => !each.isHeard && suspects.has(each.network.file))
      for (const { network, isHeard } of first) {
        if (isHeard) suspects.delete(network.file)
        else suspects.add(network.file)
      }
      return unheard
    },
    settle(heard, refused) {
      let isOther = false
      for (const { network, isHeard } of heard) {
        const refusal = isHeard ? undefined : refused(network)
        if (refusals.get(network.file)?.message !== refusal?.message) isOther = true
        refusals.set(network.file, refusal)
        if (isHeard) suspects.delete(network.file)
      }
      return isOther
    },
    refusal(file) {
      if (refusals.has(file)) return refusals.get(file)
      // A firewall that refuses in one network will in the next, until one of its containers has asked.
      const known = [...refusals.values()]
      return known.length > 0 && known.every((each) => each !== undefined) ? known[0] : undefined
    },
    isInDoubt: () => [...suspects].some(isOpen),
  }
}
