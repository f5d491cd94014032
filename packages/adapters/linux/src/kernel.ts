import { allPids, textOf } from '@vethra/plugin-exec/programs'
import type { Kernel } from '@vethra/world'
import { bridgeEntries } from './bridge-entries.ts'
import { accessOf, fileSystemOf, openWithin, whatIsAt } from './file-system.ts'
import { kernelFacts } from './kernel-facts.ts'
import { deletedMounts } from './mounted-files.ts'
import { observedFlows } from './observed-flows.ts'
import { observedNetwork } from './observed-network.ts'
import { restoreBridge, restoreLink } from './restore-links.ts'
import { trafficFilters } from './traffic-filters.ts'

/** The kernel of the current network namespace, by `ip`, `nft`, `iptables` and /proc. */
export function hostKernel(): Kernel {
  return {
    network: observedNetwork,
    flows: observedFlows,
    bridgeEntries,
    trafficFilters,
    facts: kernelFacts,
    fileSystem: fileSystemOf,
    access: accessOf,
    openWithin,
    whatIsAt,
    isNamed: async (argument) =>
      allPids().some((pid) => textOf(`/proc/${pid}/cmdline`).split('\0').includes(argument)),
    deletedMounts,
    restoreBridge,
    restoreLink,
  }
}
