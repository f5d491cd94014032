import { fileURLToPath } from 'node:url'
import { type OutputChunk, type OutputOptions, type RolldownBuild, rolldown } from 'rolldown'

/** The folder that the names of entries start at, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url))
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The output options of rolldown for `generate` and `write`: ES modules, and main.ts under its own name. */
export const esm: OutputOptions = {
  format: 'esm',
  entryFileNames: '[name].js',
  // bun knows require().
  polyfillRequire: false,
}

/** The executable's sources, read by rolldown. */
export function openSources(): Promise<RolldownBuild> {
  return rolldown({
    cwd: root,
    input: { main: 'apps/vethra/src/main.ts' },
    platform: 'node',
    external: [/^node:/, /^bun(:|$)/],
    resolve: {
      // The `main` of jsonc-parser asks for its parts by names that no bundler can follow.
      mainFields: ['module', 'main'],
      // 2 ms, and 3 MB: bun's own digests and widths take the place of libraries.
      alias: {
        '@noble/hashes/sha2.js': here('native-hashes.ts'),
        '@noble/hashes/utils.js': here('native-hashes.ts'),
        'string-width': here('native-width.ts'),
      },
    },
    // In pino, and nothing reads it: otherwise the folder of the build is compiled in.
    transform: { define: { __dirname: '"/"' } },
    preserveEntrySignatures: false,
    // Under Node, some modules are read at once that wait here.
    checks: { ineffectiveDynamicImport: false },
  })
}

/** The pieces that rolldown makes of the sources by its own splitting: by name, and by the entry that each is made for. */
export async function splitByItself(
  sources: RolldownBuild,
  options: OutputOptions = {},
): Promise<{
  readonly named: ReadonlyMap<string, OutputChunk>
  readonly entry: (path: string) => OutputChunk
}> {
  const { output } = await sources.generate({ ...esm, ...options })
  const chunks = output.filter((each) => each.type === 'chunk')
  const byEntry = new Map(chunks.map((each) => [each.facadeModuleId, each]))
  const entry = (path: string) => {
    const chunk = byEntry.get(root + path)
    if (chunk === undefined) throw new Error(`${path} is no entry of the executable`)
    return chunk
  }
  return { named: new Map(chunks.map((each) => [each.fileName, each])), entry }
}
