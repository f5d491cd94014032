import { readlinkSync } from 'node:fs'

/** The number of the PID namespace of this process; 0 where /proc does not tell. */
export function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}
