// What the executable reads before the first plugin runs, for a hook, for `vethra cni` and for a plugin of
// ours: each library costs every start of a container milliseconds, so those that may be there are named
// here, and anything else fails. The commands of people must fail it, or the check does not bite.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = new URL('..', import.meta.url).pathname
const allowed = new Set(['timers/promises'])
const starts = [
  {
    name: 'the hook',
    entry: 'apps/oci-hook/src/index.ts',
    later: ['packages/core/manage', 'packages/adapters/plugin-exec'],
  },
  { name: 'vethra cni', entry: 'apps/cli/src/run-on-netns.ts', later: ['packages/core/manage'] },
  { name: 'a plugin of ours', entry: 'apps/cni-plugin/src/index.ts', later: [] },
  {
    name: 'all of them together',
    entry: 'apps/vethra/src/main.ts',
    later: ['apps/daemon', 'packages/core/manage', 'packages/adapters/plugin-exec'],
  },
]

interface Input {
  readonly imports: readonly { path: string; kind: string; external?: boolean }[]
}
interface Metafile {
  readonly inputs: Readonly<Record<string, Input>>
  readonly outputs: Readonly<Record<string, { inputs: Record<string, { bytesInOutput: number }> }>>
}

let failed = false
for (const { name, entry, later } of starts) {
  const { read, octets } = await readAtStart(entry)
  const faults = read.filter((each) =>
    each.startsWith('packages/') || each.startsWith('apps/')
      ? later.includes(each)
      : !allowed.has(each),
  )
  failed ||= faults.length > 0
  const verdict = faults.length > 0 ? `reads ${faults.join(', ')}, which can wait` : 'ok'
  console.log(`${name}: ${Math.round(octets / 1024)} KiB before the first plugin: ${verdict}`)
}
const { read } = await readAtStart('apps/cli/src/run-command.ts', [])
if (!read.some((each) => each.startsWith('commander'))) {
  failed = true
  console.log('the commands of people read no commander: this check sees nothing')
}
process.exitCode = failed ? 1 : 0

/** What is evaluated when a file is imported: library files, built-in modules, and folders of ours. */
async function readAtStart(
  entry: string,
  how: readonly string[] = ['--together'],
): Promise<{ read: readonly string[]; octets: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-start-up-'))
  try {
    const metafile = join(folder, 'meta.json')
    // As scripts/build-executable has it.
    const external = ['smol-toml', '@vethra/manage', '@vethra/daemon', '*/run-command.ts']
    const argv = [entry, join(folder, 'out.js'), ...how, '--metafile', metafile, ...external]
    const bun = join(root, 'node_modules/.bin/bun')
    await execa(bun, ['scripts/bundle/bundle.ts', ...argv], { cwd: root })
    return fromMetafile(JSON.parse(await readFile(metafile, 'utf8')), entry)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function fromMetafile({ inputs, outputs }: Metafile, entry: string) {
  const kept = Object.values(outputs)[0]?.inputs ?? {}
  const builtIns = new Set<string>()
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { path: next, kind, external } of inputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue
      // bun says of files that it has left out that they are external, too.
      if (!external) visit(next)
      else if (!next.startsWith('.')) builtIns.add(next)
    }
  }
  visit(entry)
  // What is imported and not used is left out of the bundle.
  const live = [...seen].filter((path) => (kept[path]?.bytesInOutput ?? 0) > 0)
  const octets = live.reduce((sum, path) => sum + (kept[path]?.bytesInOutput ?? 0), 0)
  return { read: [...new Set([...live.map(owner), ...builtIns])].sort(), octets }
}

function owner(path: string): string {
  const library = path.split('node_modules/').at(-1) ?? path
  if (library !== path) return library
  return path
    .split('/')
    .slice(0, path.startsWith('apps/') ? 2 : 3)
    .join('/')
}
