import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFolder } from '@vethra/files'

/** The names of a folder's files that another living process holds by flock(2), ascending, by /proc/locks; none without a folder. */
export async function heldByOthers(folder: string): Promise<readonly string[]> {
  const names = await listFolder(folder)
  if (names.length === 0) return []
  const held = filesHeld(readFileSync('/proc/locks', 'utf8'))
  return names.filter((name) => held.has(keyOf(join(folder, name)))).toSorted()
}

// "1: FLOCK  ADVISORY  WRITE 1234 00:1a:5678 0 EOF"; an arrow stands in the lines of those who wait.
const line = /^\d+: FLOCK +ADVISORY +WRITE +(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) /gm

function filesHeld(text: string): ReadonlySet<string> {
  const found = [...text.matchAll(line)].flatMap(([, pid, file]) =>
    Number(pid) === process.pid || file === undefined || !existsSync(`/proc/${pid}`) ? [] : [file],
  )
  return new Set(found)
}

function keyOf(path: string): string {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (status === undefined) return ''
  const { dev, ino } = status
  // As glibc's gnu_dev_major and gnu_dev_minor.
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)
  const hex = (number: bigint) => number.toString(16).padStart(2, '0')
  return `${hex(major)}:${hex(minor)}:${ino}`
}
