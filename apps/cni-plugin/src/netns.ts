import { statSync } from 'node:fs'
import { netnsError } from '@vethra/cni'
import type { Call } from './request.ts'

/** Throws CniError 8 when the namespace of the call is the one that we run in, unless the caller says that it may be. A path that can't be opened is fine (libcni, pkg/skel). */
export function checkNetns({ netns, netnsOverride }: Call): void {
  if (netnsOverride || netns === '') return
  const there = identity(netns)
  if (there === undefined || there !== identity('/proc/self/ns/net')) return
  throw netnsError("plugin's netns and netns from CNI_NETNS should not be the same")
}

function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}
