import type { Config, Mount } from './config.ts'
import { type Edit, noneOfOurs, oneOfOurs } from './edit.ts'
import type { BundlePlaces } from './places.ts'

const path = ['mounts']

/**
 * The edits that mount resolv.conf, hosts and hostname, writable, each unless the bundle has a
 * mount of its own there. A container without a hostname gets no hostname file.
 */
export function planMounts(
  config: Config,
  places: BundlePlaces,
  hostname: string,
): readonly Edit[] {
  return [
    ...planMount(config, '/etc/resolv.conf', places.resolvConf),
    ...planMount(config, '/etc/hosts', places.hosts),
    ...planMount(config, '/etc/hostname', hostname === '' ? undefined : places.hostname),
  ]
}

function planMount(config: Config, destination: string, source: string | undefined) {
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
  const value = { destination, type: 'bind', source, options: ['bind', 'rprivate'] }
  return oneOfOurs(own, value, `mount ${source} on ${destination}`)
}

/** Whether the mount is one that an earlier run made, or nerdctl, whose layout a data store has. */
function isOurs(mount: Mount, source: string | undefined): boolean {
  if (mount.type !== 'bind' || mount.options?.join() !== 'bind,rprivate' || !mount.source) {
    return false
  }
  return mount.source === source || stored.test(mount.source)
}

const stored =
  /\/(containers\/[^/]+\/[^/]+\/(resolv\.conf|hostname)|etchosts\/[^/]+\/[^/]+\/hosts)$/

/**
 * Whether the mount ends up at the destination, which runc reads from the container's root and
 * cleans.
 */
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
