import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { trying } from './look-at-netns.ts'

const ofProcess = /^\/proc\/\d+\/(?:task\/\d+\/)?ns\/net$/

/** The first folder or link on a path that another user can change, so that it leads elsewhere a moment later. Undefined for none, and in a user namespace, where other owners have no numbers. */
export function changeablePart(path: string): string | undefined {
  const waiting = partsOf(path)
  let at = '/'
  for (let links = 0; waiting.length > 0 && links < mostLinks; ) {
    const next = join(at, waiting.shift() ?? '')
    // The kernel makes these links, and nobody else.
    if (ofProcess.test([next, ...waiting].join('/'))) return undefined
    const seen = trying(() => lstatSync(next))
    if (seen === undefined) return undefined
    if (isOthers(seen) || (seen.isSymbolicLink() && isOfAnother(next)))
      return isHost() ? next : undefined
    const target = seen.isSymbolicLink() ? trying(() => readlinkSync(next)) : undefined
    at = target === undefined ? next : target.startsWith('/') ? '/' : dirname(next)
    waiting.unshift(...partsOf(target ?? ''))
    links += target === undefined ? 0 : 1
  }
  return undefined
}

// A process says where its root, its working directory and its descriptors lead: in a container, to what its user made.
function isOfAnother(link: string): boolean {
  const pid = /^\/proc\/(\d+)\//.exec(link)?.[1]
  return pid !== undefined && pid !== '1' && pid !== String(process.pid)
}

/** As the kernel's: path_resolution(7). */
const mostLinks = 40

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

// Of a folder like /tmp its owner alone replaces an entry; the bits of a link mean nothing.
function isOthers(seen: Stats): boolean {
  const isWay = seen.isSymbolicLink() || seen.isDirectory()
  if (isWay && seen.uid !== 0 && seen.uid !== process.geteuid?.()) return true
  const isSticky = (seen.mode & 0o1000) !== 0
  const mask = seen.gid === 0 ? 0o002 : 0o022
  return seen.isDirectory() && !isSticky && (seen.mode & mask) !== 0
}

function isHost(): boolean {
  return /^\s*0\s+0\s+4294967295$/m.test(readFileSync('/proc/self/uid_map', 'utf8'))
}
