import { type CniError, goField, type Json, jsonOrNull, onCniError } from '@vethra/cni'
import type { Stage } from '@vethra/engine'
import { demandAllowed, tuning, words } from '@vethra/plugins'
import type { LinkSettings, Owned } from '@vethra/state'
import { failed } from './go-codes.ts'
import type { PlannedCall } from './planned-call.ts'

/** The settings of an interface, and the names that the Go plugin `tuning` gives them in its file. */
const names = {
  mac: 'mac',
  promiscuous: 'promisc',
  mtu: 'mtu',
  allMulticast: 'allmulti',
  transmitQueueLength: 'txQLen',
} as const

type Setting = keyof typeof names

/** Keeps an interface as it was before tuning, in the Go plugin's file. Throws CniError 999 for a sysctl that the administrator's list lacks. */
export async function beforeTuning(call: PlannedCall, { requests }: Stage): Promise<void> {
  const { host } = call
  const [planned] = requests
  if (planned === undefined) return
  const { settings } = tuning.parse(planned)
  const tuned = Object.keys(settings) as readonly Setting[]
  if (tuned.length === 0) return
  demandAllowed(planned.conf, await host.sysctlAllowlist?.())
  const found = await interfaceOf(call)
  if (found === undefined) throw failed(words.noTuned(call.request.ifname))
  const before = tuned.flatMap((key) => {
    const value = found[key]
    return value === undefined ? [] : [[names[key], value] as const]
  })
  const file = fileOf(call)
  await host.files.makeFolder(file.slice(0, file.lastIndexOf('/')), 0o700)
  const text = JSON.stringify(Object.fromEntries(before), null, 1)
  await host.files.write(file, text, { mode: 0o600, sync: false })
}

/** Gives an interface back what it had before it was tuned, as far as it is there, and forgets it. */
export async function restoreTuned(call: PlannedCall): Promise<CniError | undefined> {
  const { host, request } = call
  const file = fileOf(call)
  const text = await host.files.read(file)
  if (text === undefined) return undefined
  const settings = settingsIn(jsonOrNull(text))
  if (request.netns !== '' && Object.keys(settings).length > 0) await restore(call, settings)
  await host.files.remove(file)
  return undefined
}

// The reference plugin swallows all that goes wrong here: the interface is about to go.
async function restore(
  { host, request }: PlannedCall,
  settings: Partial<LinkSettings>,
): Promise<void> {
  const resource: LinkSettings = {
    ...settings,
    kind: 'link settings',
    place: 'container',
    link: request.ifname,
  }
  const to: Owned = { owner: { kind: 'host' }, resource }
  await host.attachments
    .apply(request.netns, [{ kind: 'make', to }])
    .catch(onCniError(() => undefined))
}

function settingsIn(value: Json): Partial<LinkSettings> {
  const keys = Object.keys(names) as readonly Setting[]
  const types = { mac: 'string', mtu: 'number', transmitQueueLength: 'number' } as const
  const found = keys.flatMap((key) => {
    const saved = goField(value, names[key])
    const wanted = types[key as keyof typeof types] ?? 'boolean'
    return typeof saved === wanted ? [[key, saved] as const] : []
  })
  return Object.fromEntries(found)
}

async function interfaceOf({ host, request }: PlannedCall): Promise<LinkSettings | undefined> {
  const { netns, ifname } = request
  const resource = { kind: 'link settings', place: 'container', link: ifname } as const
  const [found] = await host.attachments.observe(netns, [{ owner: { kind: 'host' }, resource }])
  return found?.resource.kind === 'link settings' ? found.resource : undefined
}

function fileOf({ request: { conf, containerId, ifname } }: PlannedCall): string {
  const dataDir = goField(conf, 'dataDir')
  const folder =
    typeof dataDir === 'string' && dataDir.startsWith('/') ? dataDir : '/run/cni/tuning'
  return `${folder}/${containerId}_${ifname}.json`
}
