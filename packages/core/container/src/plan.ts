import { invalidFileError, type JsonObject, notFoundError, present } from '@vethra/cni'
import { checkRequest } from './check-request.ts'
import type { Config, Hook, ParsedConfig } from './config.ts'
import { applyAll, type Edit, noneOfOurs, oneOfOurs } from './edit.ts'
import { hostnameOf } from './hostname.ts'
import { madeBy, membersOf } from './members.ts'
import { type NetworkMode, networkMode } from './network-mode.ts'
import { type BundlePlaces, checkPlaces, type HookProgram } from './places.ts'
import { planAnnotations } from './plan-annotations.ts'
import { planMounts } from './plan-mounts.ts'
import { planNames } from './plan-names.ts'
import { planNetworkNamespace, planUtsNamespace } from './plan-namespaces.ts'
import type { BundleRecord } from './record.ts'
import { renderDraft } from './render-draft.ts'
import type { BundleRequest, NetworkRequest } from './request.ts'
import { requestedNetworks } from './requested-networks.ts'
import { type ConfigUndo, hashOf } from './undo.ts'

/** The plan of `bundle prepare`. */
export interface BundlePlan {
  /** The new text of config.json; parts that are not listed in `changes` are in it byte for byte. */
  readonly config: string
  /** One line for each change, and for each thing of the user's that is kept or left out; for people. */
  readonly changes: readonly string[]
  /** The content of vethra.json. */
  readonly record: BundleRecord
  /** Lines of `changes` that take something of the bundle's maker away. */
  readonly warnings: readonly string[]
  readonly mode: NetworkMode
  /** How config.json becomes what it was again. */
  readonly undo: ConfigUndo
}

/** The plan for a config.json, for one use; none for its own result. Throws CniError 3, 4, 103, 107 for the request, 101 for the joined container. */
export function planBundle(
  { config, draft }: ParsedConfig,
  request: BundleRequest,
  places: BundlePlaces,
): BundlePlan {
  checkRequest(request)
  checkPlaces(places)
  const mode = networkMode(request.networks)
  const record = recordOf(request, mode, places)
  const edits = planEdits(config, { ...request, record }, places)
  demandFew(edits)
  const notes = edits.map((edit) => edit.note)
  const [members, made] = [membersOf(draft, edits), madeBy(draft, edits)]
  applyAll(draft, edits)
  const { text, inverse } = renderDraft(draft)
  const hashes = { sha256: hashOf(text), was: hashOf(draft.source) }
  const undo = { ...hashes, edits: inverse, members, made }
  demandSmall(undo)
  const warnings = edits.flatMap((edit) => (edit.isLoss ? [edit.note] : []))
  return {
    config: text,
    changes: [...notes, ...unused(request, mode)],
    warnings,
    record,
    mode,
    undo,
  }
}

/** So many edits are planned: a plan of ours has some dozen, and one for each hook and mount that earlier runs left. */
const mostEdits = 100_000

function demandFew(edits: readonly Edit[]): void {
  if (edits.length <= mostEdits) return
  throw invalidFileError(
    `config.json would need ${edits.length} changes, more than ${mostEdits}`,
    hint,
  )
}

const hint = 'Remove its "nerdctl/" annotations, or hooks and mounts of an earlier run.'

/** So many characters are kept of a config.json for undoing it; vethra.json, which has them, may be twice as large. */
const largestUndo = 8 * 1024 * 1024

function demandSmall(undo: ConfigUndo): void {
  const size = JSON.stringify(undo).length
  if (size <= largestUndo) return
  throw invalidFileError(
    `cannot keep the replaced parts of config.json: ${size} characters, more than ${largestUndo}`,
    hint,
  )
}

function planEdits(
  config: Config,
  { utsHost = false, byRuntime = false, record }: BundleRequest & { record: BundleRecord },
  places: BundlePlaces,
): readonly Edit[] {
  // nerdctl leaves the variable empty where the name is not the container's own.
  const variable = record.mode === 'container' ? '' : record.hostname
  return [
    ...planNetworkNamespace(config, record, byRuntime),
    ...planUtsNamespace(config, utsHost),
    ...planNames(config, { ...record, utsHost }, variable),
    ...planSysctl(config, record.mode),
    ...planMounts(config, places, { ...record, byRuntime }),
    ...planAnnotations(config, record, places.stateDir),
    ...planHooks(config, places.hook),
  ]
}

function recordOf(request: BundleRequest, mode: NetworkMode, places: BundlePlaces): BundleRecord {
  const netns = joinedNamespace(request, mode, places)
  return {
    version: 1,
    id: request.id,
    name: request.name ?? '',
    namespace: request.namespace,
    hostname: hostnameOf(request, mode, places),
    domainname: request.domainname ?? '',
    networks: normalised(requestedNetworks(request), mode, places),
    ports: request.ports,
    extraHosts: request.extraHosts,
    mode,
    dns: request.dns,
    ...present({ pidFile: places.pidFile, netns }),
    ...(request.byRuntime ? { transient: true } : {}),
  }
}

function joinedNamespace(
  { networks }: BundleRequest,
  mode: NetworkMode,
  places: BundlePlaces,
): string | undefined {
  const ref = networks[0]?.ref ?? ''
  if (mode === 'ns') return ref.slice('ns:'.length)
  if (mode !== 'container') return undefined
  if (places.joined) return places.joined.netns
  throw notFoundError(
    `container networking: could not find container: ${ref.slice('container:'.length)}`,
    'List the containers that there are with "vethra container ls".',
  )
}

function normalised(
  networks: readonly NetworkRequest[],
  mode: NetworkMode,
  { joined }: BundlePlaces,
): readonly NetworkRequest[] {
  if (mode !== 'container' || !joined) return networks
  return [{ ref: `container:${joined.id}`, aliases: [] }]
}

function unused({ ports }: BundleRequest, mode: NetworkMode): readonly string[] {
  if (mode === 'cni' || ports.length === 0) return []
  return [`ignore -p/--publish: it has no meaning in mode ${mode}`]
}

const key = 'net.ipv4.ip_unprivileged_port_start'

function planSysctl(config: Config, mode: NetworkMode): readonly Edit[] {
  const path = ['linux', 'sysctl', key]
  const present = config.sysctl[key]
  if (mode === 'host' || mode === 'container') {
    if (present !== '0') return []
    return [{ kind: 'remove', path, note: `remove the sysctl ${key}` }]
  }
  if (present !== undefined) return []
  return [{ kind: 'set', path, value: '0', note: `set the sysctl ${key} to 0` }]
}

// The edits that have the runtime call the hook at createRuntime and poststop, in place of ours or nerdctl's; others
// keep their turn.
function planHooks(config: Config, program: HookProgram): readonly Edit[] {
  const isOurs = (hook: Hook) => isCalledFor('createRuntime', hook)
  const note = `have ${program.path} called at createRuntime, not at prestart`
  return [
    ...noneOfOurs({ path: ['hooks', 'prestart'], items: config.prestart, isOurs }, note),
    ...planHook(config, program, { key: 'createRuntime', event: 'createRuntime' }),
    ...planHook(config, program, { key: 'poststop', event: 'postStop' }),
  ]
}

function planHook(
  config: Config,
  program: HookProgram,
  { key, event }: { readonly key: 'createRuntime' | 'poststop'; readonly event: string },
): readonly Edit[] {
  const isOurs = (hook: Hook) => isCalledFor(event, hook)
  const note = `have ${program.path} called at ${key}`
  // runc 1.1 calls no hook behind one that fails, and what poststop frees would stay.
  const own = { path: ['hooks', key], items: config[key], isOurs, isFirst: key === 'poststop' }
  return oneOfOurs(own, hookOf(event, program), note)
}

function isCalledFor(event: string, { args }: Hook): boolean {
  return args?.slice(-2).join('\n') === `oci-hook\n${event}`
}

function hookOf(event: string, program: HookProgram): JsonObject {
  return {
    path: program.path,
    args: [...program.args, 'oci-hook', event],
    env: [...program.env],
    timeout: program.timeout,
  }
}
