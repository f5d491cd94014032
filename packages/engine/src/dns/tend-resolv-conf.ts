import { type ContainerRef, goField, jsonOrNull } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import { usesStub } from '@vethra/names'
import type { Network } from '@vethra/networks'
import type { ContainerStore, Files, HostFacts, World } from '@vethra/world'
import { resolvConfText } from './resolv-conf-text.ts'
import type { ResolverState } from './resolver-state.ts'

/** The parts that a container's resolv.conf is written with. */
export interface ResolvConfTools {
  readonly settings: World['resolved']['settings']
  readonly files: Pick<Files, 'read' | 'write'>
  readonly containers: Pick<ContainerStore, 'folder' | 'writeMounted'>
  readonly effects: Pick<HostFacts, 'resolvConf'>
  readonly rootless: World['rootless'] | undefined
}

/** A container, and what its resolv.conf depends on. */
export interface ResolvConfOwner extends Pick<ContainerRef, 'id'> {
  readonly record: Pick<BundleRecord, 'mode' | 'networks' | 'dns'>
  readonly networks: readonly Network[]
  readonly resolver: ResolverState | undefined
}

/** Writes the resolv.conf of a container that is being prepared, whatever was there. Returns warnings. */
export async function writeResolvConf(
  tools: ResolvConfTools,
  owner: ResolvConfOwner,
): Promise<readonly string[]> {
  const { text, warnings, lease } = await wantedText(tools, owner)
  await tools.containers.writeMounted(owner.id, 'resolv.conf', text)
  await remember(tools, owner.id, { written: [text], lease })
  return warnings
}

/** Puts a container's resolv.conf right in place, for the resolver or without; a missing or foreign one stays. Whether it changed. */
export async function tendResolvConf(
  tools: ResolvConfTools,
  owner: ResolvConfOwner,
): Promise<boolean> {
  const folder = tools.containers.folder(owner.id)
  const now = await tools.files.read(`${folder}/resolv.conf`)
  if (now === undefined || owner.record.mode === 'container') return false
  const { text } = await wantedText(tools, owner)
  if (now === text) return false
  const { written, lease } = await remembered(tools, owner.id)
  const usual = await wantedText(tools, { ...owner, resolver: undefined })
  if (!written.includes(now) && now !== usual.text) return false
  // Both, so that a kill between these two leaves a file that is known to be ours.
  await remember(tools, owner.id, { written: [text, now], lease })
  await tools.containers.writeMounted(owner.id, 'resolv.conf', text)
  return true
}

/** Has the resolv.conf of a container name the resolvers of a lease in place of the host's, in place, from now on. None: the host's again. */
export async function keepLease(
  tools: ResolvConfTools,
  owner: ResolvConfOwner,
  lease: readonly string[],
): Promise<void> {
  const { written, lease: former } = await remembered(tools, owner.id)
  if (former.join() === lease.join()) return
  const now = await tools.files.read(`${tools.containers.folder(owner.id)}/resolv.conf`)
  const usual = await wantedText(tools, { ...owner, resolver: undefined })
  // It was ours before the lease was known: it is ours after.
  const own = now !== undefined && now === usual.text ? [now] : []
  await remember(tools, owner.id, { written: [...written, ...own], lease })
  await tendResolvConf(tools, owner)
}

async function wantedText(
  tools: ResolvConfTools,
  owner: ResolvConfOwner,
): Promise<ReturnType<typeof resolvConfText> & Pick<Remembered, 'lease'>> {
  const { settings, effects, rootless } = tools
  const host = await effects.resolvConf(usesStub)
  const asked = owner.record.mode === 'cni' ? rootless : undefined
  const servers = asked === undefined ? [] : (await asked.info()).dns
  const { lease } = await remembered(tools, owner.id)
  return { ...resolvConfText({ ...owner, settings, host, rootless: servers, lease }), lease }
}

/** The file that is kept beside a resolv.conf. */
interface Remembered {
  /** The texts that were written last: what the file has now is one of them, or is someone else's. */
  readonly written: readonly string[]
  /** The resolvers of a lease. */
  readonly lease: readonly string[]
}

async function remembered(
  { files, containers }: Pick<ResolvConfTools, 'files' | 'containers'>,
  id: string,
): Promise<Remembered> {
  const json = jsonOrNull((await files.read(memoryOf(containers, id))) ?? '')
  const textsAt = (key: string) => {
    const texts = goField(json, key)
    return Array.isArray(texts) ? texts.map(String) : []
  }
  return { written: textsAt('Written'), lease: textsAt('Lease') }
}

async function remember(
  { files, containers }: ResolvConfTools,
  id: string,
  { written, lease }: Remembered,
): Promise<void> {
  const text = JSON.stringify({ Written: written, ...(lease.length > 0 ? { Lease: lease } : {}) })
  await files.write(memoryOf(containers, id), text, { mode: 0o600, sync: false })
}

function memoryOf(containers: Pick<ContainerStore, 'folder'>, id: string): string {
  return `${containers.folder(id)}/resolv-conf.json`
}
