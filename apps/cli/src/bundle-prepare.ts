import { CniError, guards } from '@vethra/cni'
import {
  annotationKeys,
  type BundlePlan,
  planBundle,
  renderRecord,
  storedMappings,
} from '@vethra/container'
import { ensureDefaultNetwork } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { type ConfigFile, preparedWith, readConfig, undoOthers } from './bundle-config.ts'
import { placesFor } from './bundle-places.ts'
import { type PrepareFlags, requestOf } from './bundle-request.ts'
import { writeContainerFiles } from './container-files.ts'
import { warn } from './open-world.ts'
import type { Tools } from './tools.ts'

/**
 * Prepares a bundle: the container's folder, its resolv.conf, hosts and hostname, what the hook
 * will read, and last config.json. It undoes an earlier run first: run again it gives the same
 * bundle. When something fails, a container that was not known before is forgotten again, and
 * config.json is as it was.
 */
export async function prepareBundle(
  tools: Tools,
  folder: string,
  flags: PrepareFlags,
  io: Io,
): Promise<void> {
  const { lock, places } = tools.host
  // Before any lock is held: whoever wrote it may have made it large.
  const config = await readConfig(tools, folder, flags.id)
  const work = () => prepare(tools, config, flags, io)
  // Bundles that are prepared at the same time must not choose one port twice.
  const chooses = flags.publish.length > 0 && !flags.dryRun
  await (chooses ? lock.hold(guards.ports(places), work) : work())
}

async function prepare(
  tools: Tools,
  config: ConfigFile,
  flags: PrepareFlags,
  io: Io,
): Promise<void> {
  const { file, text, parsed } = config
  await checkOurs(tools, flags.id, parsed)
  const request = await requestOf(tools, flags, io)
  const usesDefault = request.networks.some(({ ref }) => ref === 'bridge')
  if (usesDefault && !flags.dryRun) {
    for (const note of await ensureDefaultNetwork(tools)) io.complain(`note: ${note}`)
  }
  const plan = planBundle(parsed, request, await placesFor(tools, request, io))
  const changes = plan.config === text ? [] : plan.changes
  if (flags.dryRun) {
    const { mode, record } = plan
    io.print(JSON.stringify({ file, mode, changes, record: renderRecord(record) }, null, 2))
    return
  }
  await apply(tools, plan, config, io)
  for (const change of changes) {
    if (tools.settings.logLevel === 'debug') io.complain(`debug: ${change}`)
  }
}

// What it started has a life cycle, and no decisions of ours: its files are mounted into a container that may live.
async function checkOurs(
  { containers, settings }: Tools,
  id: string,
  { config }: ConfigFile['parsed'],
): Promise<void> {
  if (config.annotations[annotationKeys.stateDir] === containers.folder(id)) return
  const ours = await containers.read(id, 'vethra.json')
  if (ours !== undefined || (await containers.read(id, 'lifecycle.json')) === undefined) return
  throw new CniError({
    code: 102,
    message: `container ${id} of namespace ${settings.namespace} is another program's: ${containers.folder(id)} has no vethra.json`,
    hint: 'Give another --id, or remove that container with the program that made it, such as "nerdctl rm".',
  })
}

async function apply(tools: Tools, plan: BundlePlan, config: ConfigFile, io: Io): Promise<void> {
  const { containers } = tools
  const { file, text, others } = config
  const record = { ...plan.record, configs: preparedWith(config, plan) }
  const { id, name } = plan.record
  const known = (await containers.list()).includes(id)
  try {
    if (name !== '') await containers.claimName(name, id)
    await containers.prepare(id)
    for (const warning of await writeContainerFiles(tools, plan)) io.complain(`warning: ${warning}`)
    await containers.write(id, 'network-config.json', networkConfig(plan))
    // Before the file is written, so that whoever is killed in between can undo either text of it.
    await containers.write(id, 'vethra.json', renderRecord(record))
    if (plan.config !== text) await tools.files.rewrite(file, plan.config)
    if (others.length === 0) return
    const { left, faults } = await undoOthers(tools, config)
    for (const each of faults) warn(each, io)
    const configs = preparedWith({ ...config, others: left }, plan)
    await containers.write(id, 'vethra.json', renderRecord({ ...record, configs }))
  } catch (error) {
    if (!known) await forget(tools, id, name, io)
    throw error
  }
}

// As nerdctl writes it: no key when there are no ports.
function networkConfig({ record }: BundlePlan): object {
  return record.ports.length > 0 ? { portMappings: storedMappings(record.ports) } : {}
}

async function forget(tools: Tools, id: string, name: string, io: Io): Promise<void> {
  const steps = [
    () => tools.hosts.release(id),
    () => tools.hosts.remove(id),
    () => (name === '' ? Promise.resolve() : tools.containers.releaseName(name, id)),
    () => tools.containers.remove(id),
  ]
  for (const step of steps) {
    await step().catch((fault: unknown) => warn(fault, io))
  }
}
