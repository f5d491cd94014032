// What the executable reads before the first plugin runs, for a hook, for `vethra cni` and for a plugin of
// ours: each library costs every start of a container milliseconds, so those that may be there are named
// here, and anything else fails. The commands of people must fail it, or the check does not bite.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = new URL('..', import.meta.url).pathname
/** The octets that a start may read: some 500 KiB are read, and 700 where it reads all of the engine. */
const mostOctets = 600 * 1024
/** The libraries and built-in modules that a start may read. */
const allowed = ['bun:ffi', 'fs', 'ipaddr.js', 'jsonc-parser', 'os', 'path', 'timers/promises']
/**
 * Files that a start reads under Node, with a vethra.toml, for a default network that is missing, a
 * resolver, a leased address, the daemon, or for a listing that mends.
 */
const rare = new RegExp(
  [
    '-in-node\\.ts$',
    '^packages/adapters/plugin-exec/src/index\\.ts$',
    '^apps/oci-hook/src/hook/(forget|precreate)\\.ts$',
    '^apps/oci-hook/src/hook/default-network\\.ts$',
    '/smol-toml/',
    '^apps/vethra/src/(facts|mend|world)-here\\.ts$',
    '^packages/engine/src/dns/keep-leased-resolvers\\.ts$',
    '^packages/adapters/(linux/src/(dns|host-watch)|systemd/src/index)\\.ts$',
  ].join('|'),
)
const lists = ['apps/vethra/src/here.ts', 'apps/vethra/src/lists-here.ts']
const world = [...lists, 'apps/vethra/src/world-here.ts']
const starts = {
  'the hook': [...world, 'apps/oci-hook/src/hook/index.ts'],
  'vethra cni': [...world, 'apps/cli/src/run-on-netns.ts'],
  'vethra network ls': [...lists, 'apps/cli/src/network-list.ts'],
  'vethra container ls': [...lists, 'apps/cli/src/container-list.ts'],
  'a create that is prepared': [
    ...world,
    'apps/vethra/src/runtime-here.ts',
    'apps/oci-hook/src/runtime/prepare-start.ts',
  ],
  'a plugin of ours': ['apps/vethra/src/plugin-here.ts'],
}

interface Output {
  readonly entryPoint?: string
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>
  readonly imports: readonly { path: string; kind: string; external?: boolean }[]
}

const outputs = await build()
let failed = false
for (const [name, entries] of Object.entries(starts)) {
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

/** The pieces that bun makes of the executable's sources, by name. */
async function build(): Promise<ReadonlyMap<string, Output>> {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-start-up-'))
  try {
    const metafile = join(folder, 'meta.json')
    const aliases = 'apps/vethra/build/tsconfig.aliases.json'
    const how = ['--target=bun', '--splitting', '--minify', `--tsconfig-override=${aliases}`]
    const argv = [...how, `--outdir=${folder}`, `--metafile=${metafile}`, 'apps/vethra/src/main.ts']
    await execa(join(root, 'node_modules/.bin/bun'), ['build', ...argv], { cwd: root })
    return new Map(Object.entries(JSON.parse(await readFile(metafile, 'utf8')).outputs))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The libraries and built-in modules that entries and all that they import read, and the octets of it all. */
function readAtStart(entries: readonly string[]): { foreign: readonly string[]; octets: number } {
  const names = new Set(entries.map(chunkOf))
  const builtIns = new Set<string>()
  for (const name of names) {
    for (const { path, external } of outputs.get(name)?.imports ?? []) {
      if (external) builtIns.add(path)
      else if (!rare.test(outputs.get(path)?.entryPoint ?? '')) names.add(path)
    }
  }
  const inputs = [...names].flatMap((name) => Object.entries(outputs.get(name)?.inputs ?? {}))
  const libraries = inputs.flatMap(([path]) => /.*node_modules\/([^/]+)/.exec(path)?.[1] ?? [])
  const octets = inputs.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)
  return { foreign: [...new Set([...libraries, ...builtIns])].sort(), octets }
}

function chunkOf(entry: string): string {
  const [name] = [...outputs].find(([, { entryPoint }]) => entryPoint === entry) ?? []
  if (name === undefined) throw new Error(`${entry} is no entry of the executable`)
  return name
}
