import { goField, inUseError, type Json } from '@vethra/cni'
import { annotationKeys, type BundlePlan } from '@vethra/container'
import { findNetwork } from '@vethra/networks'
import { livingRecords } from '../attach/container-records.ts'
import { isRunning } from '../dns/resolver-state.ts'
import type { ConfigText } from './bundle-config.ts'
import type { PrepareTools, Preparing } from './prepare-tools.ts'

/** Throws CniError 102 for a container of another program: it has a life cycle and no record of ours, and may live with files of that folder. */
export async function refuseOthers(
  { containers, settings }: PrepareTools,
  id: string,
  { config }: ConfigText['parsed'],
): Promise<void> {
  if (config.annotations[annotationKeys.stateDir] === containers.folder(id)) return
  const ours = await containers.read(id, 'vethra.json')
  if (ours !== undefined || (await containers.read(id, 'lifecycle.json')) === undefined) return
  throw inUseError(
    `container ${id} of namespace ${settings.namespace} is another program's: ${containers.folder(id)} has no vethra.json`,
    'Give another --id, or remove that container with the program that made it, such as "nerdctl rm".',
  )
}

/** Throws CniError 102 for a container that is alive in a network it shall not be in: connect would take that for a leftover. */
export async function refuseLeft(
  { host, settings: { namespace }, known }: Preparing,
  { id, networks }: Pick<BundlePlan['record'], 'id' | 'networks'>,
): Promise<void> {
  const asked = networks.map(({ ref }) => findNetwork(known, ref)?.name)
  const living = await livingRecords(host, { namespace, id })
  const left = living.find(({ network }) => !asked.includes(network))
  if (left === undefined) return
  throw inUseError(
    `container ${id} of namespace ${namespace} is alive in network ${left.network}`,
    'Change its networks with "vethra network connect" and "disconnect", or delete it first.',
  )
}

/** Throws CniError 102 while the OCI runtime that the record names starts the container: it may read config.json any time now. */
export async function refuseStarting(
  { files, settings }: Preparing,
  id: string,
  before: Json | undefined,
): Promise<void> {
  const starter = goField(before, 'starter')
  const Pid = Number(goField(starter, 'Pid'))
  const StartTime = String(goField(starter, 'StartTime'))
  if (starter === undefined || !(await isRunning(files, { Pid, StartTime }))) return
  throw inUseError(
    `container ${id} of namespace ${settings.namespace} is being started by process ${Pid}`,
    'Give another id, or wait until that start has ended.',
  )
}
