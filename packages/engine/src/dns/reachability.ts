import type { CniError } from '@vethra/cni'
import type { ServedNetwork } from './served-networks.ts'

/** A network, and whether a question of one of its containers arrived. */
export interface Heard {
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

/** Nothing is known of any network yet. */
export function newReachability(): Reachability {
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
