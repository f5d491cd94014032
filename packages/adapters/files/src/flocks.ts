import { type BigIntStats, existsSync, readFileSync } from 'node:fs'

// "1: FLOCK  ADVISORY  WRITE 1234 00:1a:5678 0 EOF"; an arrow stands in the lines of those who wait.
const line = /^\d+: FLOCK +ADVISORY +WRITE +(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) /gm

/** The living processes that hold files by flock(2), by `lockKey` (proc_locks(5)). Throws the system's error without /proc/locks. */
export function flockHolders(): ReadonlyMap<string, number> {
  const held = [...readFileSync('/proc/locks', 'utf8').matchAll(line)]
  return new Map(
    held.flatMap(([, pid, file = '']) =>
      existsSync(`/proc/${pid}`) ? [[file, Number(pid)] as const] : [],
    ),
  )
}

/** A file as /proc/locks names it: `MAJOR:MINOR:INODE`, the first two in hexadecimal digits, at least two of them. */
export function lockKey({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  // As glibc's gnu_dev_major and gnu_dev_minor.
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)
  const [left, right] = [major, minor].map((part) => part.toString(16).padStart(2, '0'))
  return `${left}:${right}:${ino}`
}
