// What the executable reads before the first plugin runs, for a hook, for `vethra cni` and for a plugin of
// ours: each library costs every start of a container milliseconds, so those that may be there are named
// here, and anything else fails. The commands of people must fail it, or the check does not bite.
import { lives } from '../apps/vethra/build/lives.ts'
import { openSources, splitByItself } from '../apps/vethra/build/sources.ts'

/** The octets that a start may read: the hook, which reads the most, reads some 400 KiB. */
const mostOctets = 450 * 1024
/** The libraries and built-in modules that a start may read. */
const allowed = [
  'buffer',
  'bun:ffi',
  'fs',
  'ipaddr.js',
  'jsonc-parser',
  'os',
  'path',
  'timers/promises',
]
const sources = await openSources()
const { named, entry } = await splitByItself(sources, { minify: true })
let failed = false
for (const [name, entries] of Object.entries(lives)) {
  const { foreign, octets } = readAtStart(entries)
  const faults = foreign.filter((each) => !allowed.includes(each))
  const isLarge = octets > mostOctets
  failed ||= faults.length > 0 || isLarge
  const large = `more than ${mostOctets / 1024} KiB: does a command import all of a package by import()?`
  const verdict = faults.length > 0 ? `reads ${faults.join(', ')}, which can wait` : 'ok'
  console.log(
    `${name}: ${Math.round(octets / 1024)} KiB before the first plugin: ${isLarge ? large : verdict}`,
  )
}
if (!readAtStart(['apps/cli/src/run-command.ts']).foreign.includes('commander')) {
  failed = true
  console.log('the commands of people read no commander: this check sees nothing')
}
process.exitCode = failed ? 1 : 0

/** The libraries and built-in modules that entries and all that they import read, and the octets of it all. */
function readAtStart(entries: readonly string[]): { foreign: readonly string[]; octets: number } {
  const read = new Set(entries.map(entry))
  const builtIns = new Set<string>()
  for (const { name: chunkName, imports } of read)
    for (const name of chunkName === 'rolldown-runtime' ? [] : imports) {
      const chunk = named.get(name)
      if (chunk === undefined) builtIns.add(name.replace(/^node:/, ''))
      else read.add(chunk)
    }
  const modules = [...read].flatMap(({ moduleIds }) => moduleIds)
  const libraries = modules.flatMap((path) => /.*node_modules\/([^/]+)/.exec(path)?.[1] ?? [])
  const octets = [...read].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0)
  return { foreign: [...new Set([...libraries, ...builtIns])].sort(), octets }
}
