// Run by bun: makes an app one piece of JavaScript, for scripts/build-executable and scripts/start-up-check.
//
//     bun scripts/bundle/bundle.ts ENTRY OUTFILE [--together] [--metafile FILE] [EXTERNAL ...]
//
// With --together, what the sources import when they need it is imported at the start, but for what is left
// external. An import inside a bundle has bun wrap each file that both sides read in a function of its own,
// and calling hundreds of those costs a start more than evaluating what it did not need.
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import type { BunPlugin } from 'bun'

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  options: { together: { type: 'boolean' }, metafile: { type: 'string' } },
  allowPositionals: true,
})
const [entry = '', outfile = '', ...external] = positionals

/** What takes the place of modules that are slow to load. It is part of no package's own dependencies. */
const quick = '@vethra/quick-node-bun'
const quickSource = Bun.fileURLToPath(
  new URL('../../packages/adapters/quick-node-bun/src/index.ts', import.meta.url),
)

const together: BunPlugin = {
  name: 'together',
  setup(build) {
    build.onResolve({ filter: /^@vethra\/quick-node-bun$/ }, () => ({ path: quickSource }))
    build.onLoad({ filter: /\/(apps|packages)\/.*\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: quickly(path, atTheStart(await Bun.file(path).text())),
      loader: 'ts',
    }))
  },
}

const { outputs, metafile } = await Bun.build({
  entrypoints: [entry],
  target: 'bun',
  format: 'esm',
  minify: true,
  external,
  metafile: true,
  // Takes out what only Node needs.
  define: { 'process.versions.bun': '"1"' },
  tsconfig: 'apps/vethra/tsconfig.executable.json',
  plugins: values.together ? [together] : [],
})
const [built] = outputs
if (built === undefined) throw new Error(`${entry} gave nothing`)
const text = await built.text()
const late = [...text.matchAll(/\bimport\("([^"]*)"\)/g)].flatMap(([, name]) => name ?? [])
if (values.together && late.some((name) => !isLater(name)))
  throw new Error(`${entry} still imports ${late.join(', ')} when it needs it: see bundle.ts`)
await Bun.write(outfile, text)
if (values.metafile) await Bun.write(values.metafile, JSON.stringify(metafile))

function isLater(name: string): boolean {
  return external.some((each) =>
    each.startsWith('*') ? name.endsWith(each.slice(1)) : name === each,
  )
}

function atTheStart(source: string): string {
  const imports: string[] = []
  const named = (all: string, name = '', file = ''): string => {
    // What only Node reads is taken out together with the condition that it stands under.
    if (isLater(file) || /-in-node\.ts$|^@vethra\/plugin-exec$/.test(file)) return all
    const unique = `${name}AtTheStart${imports.length}`
    imports.push(`import { ${name} as ${unique} } from '${file}'`)
    return `${all.startsWith('const') ? `const ${name} = ` : ''}${unique}`
  }
  const changed = source
    .replace(/^#!.*\n/, '')
    .replace(/const \{ (\w+) \} = await import\('([^']+)'\)/g, named)
    .replace(/\(await import\('([^']+)'\)\)\.(\w+)/g, (all, file, name) => named(all, name, file))
  return [...imports, changed].join('\n')
}

// bun takes its own modules before it asks a plugin where they are.
function quickly(path: string, source: string): string {
  // It has what it cannot do itself from the modules that it stands for.
  if (path.startsWith(dirname(quickSource))) return source
  return source.replace(/ from '(bun:ffi|node:fs|node:path)'/g, ` from '${quick}'`)
}
