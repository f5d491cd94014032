import type { ContainerRef } from '@vethra/cni'
import type { Repair, RepairOf } from '@vethra/findings'
import type { Applied } from './applied.ts'
import { detachDead, reattach, restoreInside, restoreLink } from './apply-attachment.ts'
import { restoreRecord, restoreResult } from './apply-memory.ts'
import { restoreNames } from './apply-names.ts'
import { restoreKeptNetwork, restoreNetwork } from './apply-network.ts'
import { holdPorts, publishAgain, releasePorts } from './apply-ports.ts'
import { releaseAddress, reserveAddress } from './apply-reservation.ts'
import {
  removeElements,
  removeRules,
  restoreElements,
  restoreMasquerading,
  restoreRules,
} from './apply-rules.ts'
import type { DoctorTools, NamespaceTools } from './doctor-tools.ts'
import { replaceFile, restoreFiles } from './lost-files.ts'

// A text says why there was nothing to do.
type Appliers = {
  readonly [K in Repair['kind']]: (
    tools: DoctorTools,
    first: RepairOf<K>,
    all: readonly RepairOf<K>[],
  ) => Promise<unknown>
}

const appliers: Appliers = {
  'replace-file': replaceFile,
  'restore-files': restoreFiles,
  'restore-result': restoreResult,
  'restore-record': restoreRecord,
  detach: detachDead,
  'remove-rules': removeRules,
  'release-address': releaseAddress,
  'forget-names': (tools, _, all) => inEach(tools, all, ({ hosts }, ids) => hosts.release(...ids)),
  'remove-hosts': (tools, _, all) => inEach(tools, all, ({ hosts }, ids) => hosts.remove(...ids)),
  'release-name': async (tools, { namespace, name, id }) =>
    (await tools.inNamespace(namespace)).containers.releaseName(name, id),
  'claim-name': async (tools, { namespace, name, id }) =>
    (await tools.inNamespace(namespace)).containers.claimName(name, id),
  'release-ports': releasePorts,
  'hold-ports': holdPorts,
  'publish-ports': publishAgain,
  'restore-network': restoreNetwork,
  'restore-kept-network': restoreKeptNetwork,
  'restore-bridge': ({ kernel }, { bridge }) => kernel.restoreBridge(bridge),
  reattach,
  'restore-link': restoreLink,
  'reserve-address': reserveAddress,
  'restore-masquerading': (tools, _, all) => restoreMasquerading(tools, all),
  'restore-rules': restoreRules,
  'restore-inside': restoreInside,
  'restore-elements': (tools, _, all) => restoreElements(tools, all),
  'remove-elements': removeElements,
  'restore-names': restoreNames,
}

/** Makes repairs of a shared kind, or one of another, while the locks of their scopes are held. Throws CniError where that fails. */
export async function apply(tools: DoctorTools, group: readonly Repair[]): Promise<Applied> {
  const [first] = group
  if (first === undefined) return undefined
  const applier = appliers[first.kind] as Appliers['detach']
  const why = await applier(
    tools,
    first as RepairOf<'detach'>,
    group as readonly RepairOf<'detach'>[],
  )
  return typeof why === 'string' ? why : undefined
}

async function inEach(
  tools: DoctorTools,
  all: readonly ContainerRef[],
  work: (tools: NamespaceTools, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  for (const [namespace, refs] of Map.groupBy(all, (each) => each.namespace)) {
    const ids = refs.map(({ id }) => id)
    await work(await tools.inNamespace(namespace), ids)
  }
}
