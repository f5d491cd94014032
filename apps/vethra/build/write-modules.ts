// Writes the executable's sources into a folder as few ES modules: what its short lives read, the part that the same lives
// read in one module, and the rest by rolldown's own splitting. Splitting by every import() that may come makes over a hundred
// modules for one start, which costs an ADD 2 to 3 ms of 30.
import type { OutputChunk } from 'rolldown'
import { lives } from './lives.ts'
import { esm, openSources, root, splitByItself } from './sources.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('write-modules.ts FOLDER')
const main = `${root}apps/vethra/src/main.ts`
const sources = await openSources()
const readBy = await livesByModule()
await sources.write({
  ...esm,
  dir: folder,
  comments: false,
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'lives', name: (module) => nameOf(readBy.get(module)) }],
  },
})

// Every life reads what any does.
function nameOf(read: readonly string[] | undefined): string | null {
  return read?.includes('any') ? 'any' : (read?.join('-') ?? null)
}

/** The lives that read a module, in the order of `lives`: what their entries import, and not by import(), after tree shaking. */
async function livesByModule(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { named, entry } = await splitByItself(sources)
  const found = new Map<string, string[]>()
  for (const [life, entries] of Object.entries(lives)) {
    const read = new Set<OutputChunk>(entries.map(entry))
    for (const { imports } of read)
      for (const name of imports) {
        const chunk = named.get(name)
        if (chunk !== undefined) read.add(chunk)
      }
    // What main.ts imports by import() must not be in one module with it: it is not whole yet when that is wanted.
    for (const { moduleIds } of read)
      for (const id of moduleIds.filter((each) => each !== main))
        found.set(id, [...(found.get(id) ?? []), life])
  }
  return found
}
