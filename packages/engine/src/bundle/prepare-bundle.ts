import { explain, guards, type JsonObject, orElse } from '@vethra/cni'
import {
  type BundleFlags,
  type BundlePlan,
  type ParsedConfig,
  parseRecord,
  planBundle,
  renderRecord,
} from '@vethra/container'
import type { Network } from '@vethra/networks'
import { holdingDecisions } from '../container/holding-decisions.ts'
import { ownProcess } from '../dns/resolver-state.ts'
import { keepConfLists, knownNetworks } from '../network/known-networks.ts'
import {
  type ConfigFile,
  type ConfigText,
  preparedIn,
  preparedWith,
  readConfig,
  readRecord,
  undoOthers,
} from './bundle-config.ts'
import { placesFor } from './bundle-places.ts'
import { checkFlags, requestOf } from './bundle-request.ts'
import { writeContainerFiles } from './container-files.ts'
import { demandAppArmor } from './demand-apparmor.ts'
import type { CalledTools, Caller, PrepareTools, Preparing } from './prepare-tools.ts'
import { refuseLeft, refuseOthers, refuseStarting } from './refuse-taken.ts'

/** How a bundle is prepared. */
interface PrepareOptions {
  /** Whether nothing is changed. */
  readonly dryRun?: boolean
  /** Whether an OCI runtime asks, as `BundleRequest` has it; the caller holds the lock of ports where some are published. */
  readonly byRuntime?: boolean
  /** The networks of the namespace. Default: they are read. */
  readonly known?: readonly Network[]
}

/** A bundle that has been prepared. */
export interface PreparedBundle {
  /** Its config.json. */
  readonly file: string
  readonly mode: BundlePlan['mode']
  /** One line a change; none where config.json stays as it is. */
  readonly changes: readonly string[]
  /** The content of vethra.json. */
  readonly record: JsonObject
}

/** A config.json that somebody else keeps in a file. */
export interface LooseConfig extends PrepareOptions {
  readonly text: string
  readonly parsed: ParsedConfig
  readonly flags: BundleFlags
}

/** A bundle in a folder; absolute. */
export interface PreparedFolder extends PrepareOptions {
  readonly folder: string
  readonly flags: BundleFlags
  /** Its config.json, where the caller has read it before taking a lock. */
  readonly read?: ConfigFile | undefined
}

/** As `prepareBundle`, but returns the text of config.json: no file of the bundle is read or written. */
export async function prepareConfig(
  tools: PrepareTools,
  { text, parsed, flags, ...options }: LooseConfig,
  caller: Caller,
): Promise<string> {
  const config = { text, parsed, versions: [] }
  return (await holding({ ...tools, caller }, config, { ...options, flags })).plan.config
}

/**
 * Prepares a bundle: the container's folder, its resolv.conf, hosts and hostname, what the hook
 * will read, and last config.json. It undoes an earlier run first: run again it gives the same
 * bundle. When something fails, a container that was not known before is forgotten again, and
 * config.json is as it was. `folder` is absolute.
 */
export async function prepareBundle(
  tools: PrepareTools,
  { folder, flags, read, ...options }: PreparedFolder,
  caller: Caller,
): Promise<PreparedBundle> {
  // Before any lock is held: whoever wrote it may have made it large.
  const config = read ?? (await readConfig(tools, folder, flags.id))
  const { plan, changes } = await holding({ ...tools, caller }, config, { ...options, flags })
  return { file: config.file, mode: plan.mode, changes, record: renderRecord(plan.record) }
}

interface Work extends PrepareOptions {
  readonly flags: BundleFlags
}

interface Done {
  readonly plan: BundlePlan
  readonly changes: readonly string[]
}

async function holding(tools: CalledTools, config: ConfigText, wanted: Work): Promise<Done> {
  const { lock, places } = tools.host
  const known = wanted.known ?? (await knownNetworks(tools.networks))
  // The first lock makes a folder: what cannot be is refused before.
  if (!wanted.dryRun && !wanted.byRuntime) await checkFlags({ ...tools, known }, wanted.flags)
  const preparing = () => prepare({ ...tools, known }, config, wanted)
  const work = () =>
    wanted.dryRun ? preparing() : holdingDecisions(tools, wanted.flags.id, preparing)
  // Bundles that are prepared at the same time must not choose one port twice.
  const chooses = wanted.flags.publish.length > 0 && !wanted.dryRun && !wanted.byRuntime
  return (await (chooses ? lock.hold(guards.ports(places), work) : work())) as Done
}

async function prepare(
  tools: Preparing,
  config: ConfigText,
  { flags, dryRun, byRuntime }: Work,
): Promise<Done> {
  const { text, parsed } = config
  const { caller } = tools
  await refuseOthers(tools, flags.id, parsed)
  // A manager asks for a profile only where its kernel has AppArmor.
  if (!byRuntime) await demandAppArmor(tools, parsed.config)
  const asked = await requestOf(tools, flags)
  const request = byRuntime ? { ...asked, byRuntime } : asked
  await refuseLeft(tools, request)
  const plan = planBundle(parsed, request, await placesFor(tools, request))
  const usesDefault = request.networks.some(({ ref }) => ref === 'bridge')
  const ready = usesDefault && !dryRun ? await withDefaultNetwork(tools) : tools
  const changes = plan.config === text ? [] : plan.changes
  if (!dryRun) {
    await apply(ready, plan, config)
    for (const line of plan.warnings) caller.complain(`warning: ${line}`)
    const shown = tools.settings.logLevel === 'debug' ? changes : []
    for (const change of shown) caller.complain(`debug: ${change}`)
  }
  return { plan, changes }
}

// Loaded here alone: making networks needs every plugin.
async function withDefaultNetwork(tools: Preparing): Promise<Preparing> {
  const { ensureDefaultNetwork } = await import('../network/network-create.ts')
  for (const note of await ensureDefaultNetwork(tools)) tools.caller.complain(`note: ${note}`)
  return { ...tools, known: await knownNetworks(tools.networks) }
}

async function apply(tools: Preparing, plan: BundlePlan, config: ConfigText): Promise<void> {
  const { containers, caller } = tools
  const { file, text } = config
  const { id, name, transient } = plan.record
  const known = (await containers.list()).includes(id)
  // Under the lock: another may have prepared another bundle for it since config.json was read.
  const before = known ? await readRecord(tools, id) : undefined
  // A damaged record names nothing.
  const former = before === undefined ? '' : orElse(() => parseRecord(before).name, '')
  const others = preparedIn(before).filter((each) => each.file !== file)
  if (transient) await refuseStarting(tools, id, before)
  const starter = transient ? { starter: { ...(await ownProcess(tools.files)) } } : {}
  const recordWith = (left: ReturnType<typeof preparedIn>) =>
    renderRecord({ ...plan.record, ...starter, configs: preparedWith(config, plan, left) })
  const writeRecord = () => containers.write(id, 'vethra.json', recordWith(others))
  try {
    // Of a start that is killed from here on the record tells whose the name is.
    if (transient) await writeRecord()
    if (name !== '') await containers.claimName(name, id)
    await containers.prepare(id)
    for (const warning of await writeContainerFiles(tools, plan.record))
      caller.complain(`warning: ${warning}`)
    await keepConfLists(tools.networks, plan.record)
    // Before the file is written, so that whoever is killed in between can undo either text of it.
    if (!transient) await writeRecord()
    if (former !== '' && former !== name) await containers.releaseName(former, id)
    if (file !== undefined && plan.config !== text) await tools.files.rewrite(file, plan.config)
    if (others.length === 0) return
    const { left, faults } = await undoOthers(tools, others)
    for (const each of faults) warn(each, caller)
    await containers.write(id, 'vethra.json', recordWith(left))
  } catch (error) {
    if (!known) await forget(tools, plan.record)
    throw error
  }
}

async function forget(tools: Preparing, { id, name }: BundlePlan['record']): Promise<void> {
  const steps = [
    () => tools.hosts.release(id),
    () => tools.hosts.remove(id),
    () => (name === '' ? Promise.resolve() : tools.containers.releaseName(name, id)),
    () => tools.containers.remove(id),
  ]
  for (const step of steps) await step().catch((fault: unknown) => warn(fault, tools.caller))
}

function warn(fault: unknown, caller: Caller): void {
  for (const line of explain(fault, 'warning')) caller.complain(line)
}
