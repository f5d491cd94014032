import type { Config, Mount } from './config.ts'
import { type Edit, noneOfOurs, oneOfOurs } from './edit.ts'
import type { BundlePlaces } from './places.ts'

interface MountWishes {
  readonly id: string
  /** Empty where the container has none of its own. */
  readonly hostname: string
  /** Whether mounts that managers make by default give way. */
  readonly byRuntime: boolean
}

const path = ['mounts']

/** The edits that mount resolv.conf, hosts and hostname (where it has one), each unless the bundle has a mount there. */
export function planMounts(
  config: Config,
  places: BundlePlaces,
  wishes: MountWishes,
): readonly Edit[] {
  const hostname = wishes.hostname === '' ? undefined : places.hostname
  return [
    ...planMount(config, { destination: '/etc/resolv.conf', source: places.resolvConf }, wishes),
    ...planMount(config, { destination: '/etc/hosts', source: places.hosts }, wishes),
    ...planMount(config, { destination: '/etc/hostname', source: hostname }, wishes),
  ]
}

interface OwnMount {
  readonly destination: string
  readonly source: string | undefined
}

function planMount(config: Config, { destination, source }: OwnMount, wishes: MountWishes) {
  if (wishes.byRuntime && source !== undefined) {
    const isDefault = (each: Mount) => isAt(each, destination) && isManagers(each, wishes.id)
    const index = config.mounts.findIndex(isDefault)
    const others = config.mounts.filter((each, at) => at !== index && isAt(each, destination))
    if (index >= 0 && others.length === 0) return replaced(config, index, { destination, source })
  }
  const own = {
    path,
    items: config.mounts,
    isOurs: (each: Mount) => isAt(each, destination) && isOurs(each, source),
  }
  const others = config.mounts.some((each) => isAt(each, destination) && !isOurs(each, source))
  if (source === undefined || others) {
    const kept: readonly Edit[] = others
      ? [{ kind: 'keep', note: `keep the bundle's own mount on ${destination}` }]
      : []
    return [...kept, ...noneOfOurs(own, `remove the mount on ${destination}`)]
  }
  return oneOfOurs(own, bind(destination, source), `mount ${source} on ${destination}`)
}

function bind(destination: string, source: string) {
  return { destination, type: 'bind', source, options: ['bind', 'rprivate'] }
}

function replaced(
  { mounts }: Config,
  index: number,
  { destination, source }: { readonly destination: string; readonly source: string },
): readonly Edit[] {
  const before = JSON.stringify(mounts[index]?.source?.slice(0, 256))
  const note = `mount ${source} on ${destination} in place of ${before}`
  const value = bind(destination, source)
  return [{ kind: 'set', path: [...path, index], value, note, isLoss: true }]
}

/** Whether a mount is one that Podman or Docker make by default: of a file that they keep for this container. */
function isManagers({ source }: Mount, id: string): boolean {
  const [file = '', folder = '', above = '', top = ''] = (source ?? '').split('/').reverse()
  if (!['resolv.conf', 'hosts', 'hostname'].includes(file)) return false
  const isPodmans = folder === 'userdata' && above === id && top.endsWith('-containers')
  return isPodmans || (folder === id && above === 'containers')
}

/** Whether the mount is one that an earlier run made, or nerdctl, whose layout a data store has. */
function isOurs(mount: Mount, source: string | undefined): boolean {
  if (mount.type !== 'bind' || mount.options?.join() !== 'bind,rprivate' || !mount.source)
    return false
  return mount.source === source || stored.test(mount.source)
}

const stored =
  /\/(containers\/[^/]+\/[^/]+\/(resolv\.conf|hostname)|etchosts\/[^/]+\/[^/]+\/hosts)$/

/** Whether the mount ends up at the destination, which runc reads from the container's root and cleans. */
function isAt(mount: Mount, destination: string): boolean {
  // Of a million mounts nearly none is: only those are cleaned.
  if (!mount.destination.includes(destination.slice('/etc/'.length))) return false
  const parts: string[] = []
  for (const part of mount.destination.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}` === destination
}
