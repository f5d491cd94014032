// What the executable reads before the first plugin runs, for a hook, for `vethra cni` and for a plugin of
// ours: each library costs every start of a container milliseconds, so those that may be there are named
// here, and anything else fails. The commands of people must fail it, or the check does not bite.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

const root = new URL('..', import.meta.url).pathname
/** The libraries and built-in modules that a start may import. */
const allowed = /^(bun:ffi|fs|path|timers\/promises|ipaddr\.js\/.*)$/
/** What a start imports under Node, for a vethra.toml, or for a default network that is not there yet. */
const rare =
  /-in-node\.ts$|^packages\/adapters\/plugin-exec\/|^packages\/core\/manage\/|\/smol-toml\//
const starts = {
  'the hook': 'apps/oci-hook/src/index.ts',
  'vethra cni': 'apps/cli/src/run-on-netns.ts',
  'a plugin of ours': 'apps/cni-plugin/src/index.ts',
  'the choice of an app': 'apps/vethra/src/pick-app.ts',
}

interface Import {
  readonly path: string
  readonly kind: string
  readonly external?: boolean
  /** Of an import that the executable makes when it comes to it: the file. */
  readonly entryPoint?: string
}
interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly Import[] }>>
  readonly outputs: Readonly<Record<string, { inputs: Record<string, { bytesInOutput: number }> }>>
}

let failed = false
for (const [name, entry] of Object.entries(starts)) {
  const { foreign, octets } = await readAtStart(entry)
  const faults = foreign.filter((each) => !allowed.test(each))
  failed ||= faults.length > 0
  const verdict = faults.length > 0 ? `reads ${faults.join(', ')}, which can wait` : 'ok'
  console.log(`${name}: ${Math.round(octets / 1024)} KiB before the first plugin: ${verdict}`)
}
const { foreign } = await readAtStart('apps/cli/src/run-command.ts')
if (!foreign.some((each) => each.startsWith('commander'))) {
  failed = true
  console.log('the commands of people read no commander: this check sees nothing')
}
process.exitCode = failed ? 1 : 0

/** The libraries and built-in modules that a file and what it imports read, and the octets of all of it. */
async function readAtStart(entry: string): Promise<{ foreign: readonly string[]; octets: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-start-up-'))
  try {
    const metafile = join(folder, 'meta.json')
    const aliases = 'apps/vethra/build/tsconfig.aliases.json'
    const how = ['--target=bun', '--splitting', '--minify', `--tsconfig-override=${aliases}`]
    const bun = join(root, 'node_modules/.bin/bun')
    const argv = ['build', ...how, `--outdir=${folder}`, `--metafile=${metafile}`, entry]
    await execa(bun, argv, { cwd: root })
    return fromMetafile(JSON.parse(await readFile(metafile, 'utf8')), entry)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function fromMetafile({ inputs, outputs }: Metafile, entry: string) {
  // What is imported and not used is left out of the executable.
  const kept = new Map(
    Object.values(outputs)
      .flatMap((output) => Object.entries(output.inputs))
      .map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
  )
  const builtIns = new Set<string>()
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path) || rare.test(path)) return
    seen.add(path)
    for (const each of inputs[path]?.imports ?? []) {
      if (each.entryPoint !== undefined) visit(each.entryPoint)
      // bun says of files that it has left out that they are external, too.
      else if (!each.external) visit(each.path)
      else if (!each.path.startsWith('.') && kept.get(path)) builtIns.add(each.path)
    }
  }
  visit(entry)
  const live = [...seen].filter((path) => kept.get(path))
  const libraries = live.flatMap((path) => path.split('node_modules/').slice(1).at(-1) ?? [])
  const octets = live.reduce((sum, path) => sum + (kept.get(path) ?? 0), 0)
  return { foreign: [...new Set([...libraries, ...builtIns])].sort(), octets }
}
