import { CniError, goField, guards, inUseError, onCniError, orElse, passes } from '@vethra/cni'
import {
  type Asked,
  type BundleFlags,
  checkIds,
  checkLimits,
  meantNames,
  parseConfig,
  parseNetworkFlag,
} from '@vethra/container'
import { findNetwork, type Network } from '@vethra/networks'
import { livingRecords, recordsAmong } from '../attach/container-records.ts'
import { homeLife, homeOf } from '../container/container-home.ts'
import { knownNetworks } from '../network/known-networks.ts'
import { preparedIn, readConfig, readRecord } from './bundle-config.ts'
import { prepareBundle, prepareConfig } from './prepare-bundle.ts'
import type { Caller, PrepareTools } from './prepare-tools.ts'

/** A bundle of which an OCI runtime is to start a container. */
export interface AskingBundle {
  /** Its folder; absolute. */
  readonly folder: string
  readonly asked: Asked
}

/**
 * Prepares a bundle as its annotations ask, within the limits of `[runtime]`. Returns false where it has been prepared
 * already, by a hook file or by `bundle prepare`, or joins a namespace that is missing: then nothing is changed. Throws CniError 107 for a wish beyond the limits, 102 where a
 * container of this id is alive, and what `prepareBundle` throws.
 */
export async function prepareAsked(
  tools: PrepareTools,
  { folder, asked }: AskingBundle,
  caller: Caller,
): Promise<boolean> {
  const { flags } = asked
  // Before the lock of ports is held, as whoever wrote it may have made it large; what is undone first is read again.
  const isNew = asked.preparedFor === undefined
  const read = isNew ? await readConfig(tools, folder, flags.id).catch(naming(asked)) : undefined
  const file = read?.file ?? `${await tools.files.realPath(folder)}/config.json`
  return holdingNames(tools, asked, async () => {
    const known = await admit(tools, asked, file)
    if (known === undefined) return false
    const wanted = { folder, flags, read, byRuntime: true, known }
    await prepareBundle(tools, wanted, caller).catch(naming(asked))
    return true
  })
}

/** The same for a config.json that somebody else keeps, as a manager's hook has it. Returns the text that it is to have. */
export async function prepareAskedConfig(
  tools: PrepareTools,
  { text, asked }: { readonly text: string; readonly asked: Asked },
  caller: Caller,
): Promise<string> {
  const { flags } = asked
  // By a hook file, or by `bundle prepare`.
  if (asked.preparedFor !== undefined) return text
  const parsed = parseConfig(text)
  return holdingNames(tools, asked, async () => {
    const known = await admit(tools, asked)
    if (known === undefined) return text
    const wanted = { text, parsed, flags, byRuntime: true, known }
    return prepareConfig(tools, wanted, caller).catch(naming(asked))
  })
}

// Flags are in the causes: whoever wrote annotations is told of those.
function naming({ flags, keys }: Asked): (error: unknown) => never {
  return onCniError((cause) => {
    const message = `cannot prepare container ${flags.id} as its annotations ${keys.join(', ')} ask`
    throw new CniError({ code: cause.code, message, cause })
  })
}

// Starts that ask for names or ports take turns: what one has begun is not taken for what a killed one left.
function holdingNames<T>({ host }: PrepareTools, asked: Asked, work: () => Promise<T>): Promise<T> {
  const takesTurns = wantedNames(asked).length > 0 || asked.flags.publish.length > 0
  return takesTurns ? host.lock.hold(guards.ports(host.places), work) : work()
}

// The networks where it is to be prepared; throws where it may not be.
async function admit(
  tools: PrepareTools,
  asked: Asked,
  file?: string,
): Promise<readonly Network[] | undefined> {
  const { flags } = asked
  const claim = await claimOf(tools, file, asked)
  if (claim === 'prepared') return undefined
  // The OCI runtime refuses it, and calls no hook that would take anything back.
  const { joins } = asked
  if (joins !== undefined && (await tools.host.netns.look(joins)).found !== 'namespace')
    return undefined
  await refuseAlive(tools, flags.id)
  if (claim !== undefined && claim !== flags.id) await forgetDead(tools, claim)
  const known = await knownNetworks(tools.networks)
  const meant = (name: string) =>
    meantNames(
      name,
      known.map((each) => each.name),
    )
  const wanted = new Set(wantedNames(asked).flatMap(meant))
  const isWanted = (name: string) => meant(name).some((each) => wanted.has(each))
  const taken = wanted.size > 0 ? await takenNames(tools, flags.id, isWanted) : []
  const made = await othersResults(tools, flags)
  checkLimits(flags, tools.settings.runtime, {
    network: (ref) => findNetwork(known, ref),
    isTaken: (name) => meant(name).some((each) => taken.flatMap(meant).includes(each)),
    hasMac: (mac) => made.includes(`"${mac}"`),
  })
  return known
}

// The container whose start has left its edits in this very file; `prepared` where somebody else made them.
async function claimOf(
  tools: PrepareTools,
  file: string | undefined,
  { preparedFor }: Asked,
): Promise<string | undefined> {
  if (preparedFor === undefined) return undefined
  const { containers } = tools
  const id = preparedFor.slice(preparedFor.lastIndexOf('/') + 1)
  if (orElse(() => containers.folder(id), '') !== preparedFor) return 'prepared'
  const record = await containers.read(id, 'vethra.json')
  const isOfRuntime = goField(record, 'transient') === true
  const isHere = file !== undefined && preparedIn(record).some((each) => each.file === file)
  return isOfRuntime && isHere ? id : 'prepared'
}

// Its files are mounted: the OCI runtime refuses the id, but it comes after us.
async function refuseAlive(tools: PrepareTools, id: string): Promise<void> {
  if (!(await isAlive(tools, id))) return
  const { settings } = tools
  throw inUseError(
    `a container ${id} of namespace ${settings.namespace} is alive`,
    'Give another id, or delete that container first.',
  )
}

// By its attachments, or, in no network, by where it lives.
async function isAlive({ containers, host, settings }: PrepareTools, id: string): Promise<boolean> {
  if ((await livingRecords(host, { namespace: settings.namespace, id })).length > 0) return true
  const lifecycle = await containers.read(id, 'lifecycle.json').catch(onCniError(() => undefined))
  const home = homeOf(lifecycle)
  return home !== undefined && homeLife(home, await host.netns.look(home.netns)) === 'alive'
}

// The results of all attachments but its own, where it asks for a MAC that could be in one.
async function othersResults(
  { host, settings }: PrepareTools,
  flags: BundleFlags,
): Promise<string> {
  const asksMac = flags.macAddress ?? flags.network.find((each) => each.includes('mac='))
  if (asksMac === undefined) return ''
  const own = { namespace: settings.namespace, id: flags.id }
  const records = await host.records.list()
  const others = records.filter((each) => recordsAmong([each], own).length === 0)
  return others.map(({ made }) => made?.result?.toLowerCase() ?? '').join('\n')
}

function wantedNames({ flags }: Asked): readonly string[] {
  const aliases = flags.network.flatMap((each) => parseNetworkFlag(each).aliases)
  const { name = '', networkAlias } = flags
  return [name, ...ownNames(flags), ...networkAlias, ...aliases].filter((each) => each !== '')
}

type HostNames = { readonly hostname?: string; readonly domainname?: string }

function ownNames({ hostname = '', domainname = '' }: HostNames): readonly string[] {
  return domainname === '' ? [hostname] : [hostname, `${hostname}.${domainname}`]
}

// The names of other containers, and what their peers know those by that run. A name of one that never started, and whose
// bundle has gone, is free again.
async function takenNames(
  tools: PrepareTools,
  id: string,
  isWanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const taken: string[] = []
  for (const each of await tools.containers.heldNames()) {
    if (each.id === id || !isWanted(each.name)) continue
    const isFree = (await isLeft(tools, each.id)) && (await forgetDead(tools, each.id))
    if (!isFree) taken.push(each.name)
  }
  const others = (await tools.hosts.list()).filter((each) => each.id !== id)
  const known = others.flatMap((each) => [each.id, each.id.slice(0, 12), ...ownNames(each)])
  return [...taken, ...known.filter(isWanted)]
}

async function isLeft({ containers, files }: PrepareTools, id: string): Promise<boolean> {
  const record = await readRecord({ containers }, id)
  const places = preparedIn(record)
  if (goField(record, 'transient') !== true || places.length === 0) return false
  const texts = await Promise.all(places.map(({ file }) => files.read(file)))
  return texts.every((text) => text === undefined || !text.includes(containers.folder(id)))
}

/** Forgets a container that was prepared for a start by an OCI runtime, and that does not live; no other. Throws CniError where some of it stays. */
export async function forgetLeft(tools: PrepareTools, id: string): Promise<void> {
  if (!passes(() => checkIds(tools.settings.namespace, id))) return
  const record = await tools.containers.read(id, 'vethra.json')
  if (goField(record, 'transient') !== true || (await isAlive(tools, id))) return
  const failure = await forget(tools, id)
  if (failure !== undefined) throw failure
}

// Whether it could be forgotten: one that lives stays.
async function forgetDead(tools: PrepareTools, id: string): Promise<boolean> {
  return !(await isAlive(tools, id)) && (await forget(tools, id)) === undefined
}

async function forget(tools: PrepareTools, id: string): Promise<CniError | undefined> {
  // Loaded here alone: detaching needs all that attaching does.
  const { forgetContainer } = await import('../container/container-remove.ts')
  return forgetContainer(tools, id)
}
