import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const source = 'packages/core/container/src/runtime/annotations.ts'

/** Differences between the annotations that a runtime takes, and a document's table of them, in its order. */
export async function annotationFaults(top: string, path: string): Promise<readonly string[]> {
  const taken = keysOf(await readFile(join(top, source), 'utf8'), /key: '(vethra\.[\w-]+)'/g)
  const told = keysOf(await readFile(join(top, path), 'utf8'), /^\| `(vethra\.[\w-]+)`/gm)
  if (taken.length === 0) return [`${source}: this check finds no annotation there`]
  if (taken.join() === told.join()) return []
  return [`${path}: its table has ${told.join(', ')}; ${source} has ${taken.join(', ')}`]
}

function keysOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, key]) => key ?? [])
}
