import { existsSync, fstatSync, readFileSync, type Stats } from 'node:fs'

/** The process that took a flock(2) lock on the same file (proc(5), "/proc/locks"); undefined when unlisted, or when it has ended. */
export function holderOf(descriptor: number): number | undefined {
  const wanted = asInLocks(fstatSync(descriptor))
  for (const line of locks().split('\n')) {
    // `1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`; a waiter has `->` after the number.
    const [, kind, , , pid, file] = line.trim().split(/\s+/)
    if (kind !== 'FLOCK' || file !== wanted) continue
    return existsSync(`/proc/${pid}`) ? Number(pid) : undefined
  }
  return undefined
}

/** `MAJOR:MINOR:INODE`, the first two in hexadecimal digits, at least two of them. */
function asInLocks({ dev, ino }: Stats): string {
  const major = (dev >>> 8) & 0xfff
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00)
  const [left, right] = [major, minor].map((part) => part.toString(16).padStart(2, '0'))
  return `${left}:${right}:${ino}`
}

function locks(): string {
  try {
    return readFileSync('/proc/locks', 'utf8')
  } catch {
    // Without /proc there is only less to say.
    return ''
  }
}
