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
  const { text, warnings } = await wantedText(tools, owner)
  await tools.containers.writeMounted(owner.id, 'resolv.conf', text)
  await remember(tools, owner.id, [text])
  return warnings
}

/**
 * Puts the resolv.conf of a container right, in place: it names the resolver, or what it would without. A file that is
 * missing, or that someone else has written to, stays as it is. Whether it was changed.
 */
export async function tendResolvConf(
  tools: ResolvConfTools,
  owner: ResolvConfOwner,
): Promise<boolean> {
  const folder = tools.containers.folder(owner.id)
  const now = await tools.files.read(`${folder}/resolv.conf`)
  if (now === undefined || owner.record.mode === 'container') return false
  const { text } = await wantedText(tools, owner)
  if (now === text) return false
  const written = await remembered(tools, owner.id)
  const usual = await wantedText(tools, { ...owner, resolver: undefined })
  if (!written.includes(now) && now !== usual.text) return false
  // Both, so that a kill between these two leaves a file that is known to be ours.
  await remember(tools, owner.id, [text, now])
  await tools.containers.writeMounted(owner.id, 'resolv.conf', text)
  return true
}

async function wantedText(
  { settings, effects, rootless }: ResolvConfTools,
  owner: ResolvConfOwner,
): Promise<ReturnType<typeof resolvConfText>> {
  const host = await effects.resolvConf(usesStub)
  const asked = owner.record.mode === 'cni' ? rootless : undefined
  const servers = asked === undefined ? [] : (await asked.info()).dns
  return resolvConfText({ ...owner, settings, host, rootless: servers })
}

/** The texts that were written last: what the file has now is one of them, or is someone else's. */
async function remembered(
  { files, containers }: ResolvConfTools,
  id: string,
): Promise<readonly string[]> {
  const json = jsonOrNull((await files.read(memoryOf(containers, id))) ?? '')
  const texts = goField(json, 'Written')
  return Array.isArray(texts) ? texts.map(String) : []
}

async function remember(
  { files, containers }: ResolvConfTools,
  id: string,
  Written: readonly string[],
): Promise<void> {
  const path = memoryOf(containers, id)
  await files.write(path, JSON.stringify({ Written }), { mode: 0o600, sync: false })
}

function memoryOf(containers: Pick<ContainerStore, 'folder'>, id: string): string {
  return `${containers.folder(id)}/resolv-conf.json`
}
