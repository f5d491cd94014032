import { CniError } from '@vethra/cni'
import { readOwn } from '@vethra/files'
import { type ContainerNames, parseMeta } from '@vethra/names'
import type { Places } from './places.ts'

/**
 * What a container's meta.json says; undefined when there is none, and when it is damaged or of
 * another container: then it counts as not there until it is written anew. Throws CniError 5 when it
 * cannot be read.
 */
export function readNames(places: Places, id: string): ContainerNames | undefined {
  const text = readOwn(places.meta(id))
  if (text === undefined) return undefined
  try {
    const names = parseMeta(text)
    return names.id === id ? names : undefined
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}
