import type { CniError } from '@vethra/cni'
import type { ServedNetwork } from './served-networks.ts'

/** A network, and whether a question of one of its containers arrived. */
export interface Heard {
  readonly network: ServedNetwork
  readonly isHeard: boolean
}

/** Verdicts on networks by the paths of their conf lists: whether questions of their containers arrive. */
export interface Verdicts {
  /** Forgets networks of other files. */
  keepOnly(files: ReadonlySet<string>): void
  /** The networks that a container is to ask in: those without a verdict and those in doubt, or all. */
  due(networks: readonly ServedNetwork[], all: boolean): readonly ServedNetwork[]
  /** Takes first answers. Returns those of networks that were not heard the time before either. */
  suspect<Each extends Heard>(first: readonly Each[]): readonly Each[]
  /** Takes answers that count. True when a verdict is another one now. */
  settle(heard: readonly Heard[], refused: (network: ServedNetwork) => CniError): boolean
  /** Why questions of a network do not arrive; undefined where they do, or nothing is known. */
  refusal(file: string): CniError | undefined
  /** Whether a network is not heard, and has no verdict yet. */
  isInDoubt(): boolean
}

/** Verdicts on no network yet. */
export function newVerdicts(): Verdicts {
  const verdicts = new Map<string, CniError | undefined>()
  // Once is no verdict: the record of an attachment is there before its interface is.
  const suspects = new Set<string>()
  const isOpen = (file: string) => suspects.has(file) && verdicts.get(file) === undefined
  return {
    keepOnly(files) {
      for (const file of verdicts.keys()) if (!files.has(file)) verdicts.delete(file)
      for (const file of suspects) if (!files.has(file)) suspects.delete(file)
    },
    due: (networks, all) =>
      networks.filter(({ file }) => all || !verdicts.has(file) || isOpen(file)),
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
        const verdict = isHeard ? undefined : refused(network)
        if (verdicts.get(network.file)?.message !== verdict?.message) isOther = true
        verdicts.set(network.file, verdict)
        if (isHeard) suspects.delete(network.file)
      }
      return isOther
    },
    refusal(file) {
      if (verdicts.has(file)) return verdicts.get(file)
      // A firewall that refuses in one network will in the next, until one of its containers has asked.
      const known = [...verdicts.values()]
      return known.length > 0 && known.every((each) => each !== undefined) ? known[0] : undefined
    },
    isInDoubt: () => [...suspects].some(isOpen),
  }
}
