import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { WorkspacePackage } from './packages.ts'

/** What publint has against the tarball; throws on a warning or an error, not on a suggestion. */
export async function lint(tarball: string): Promise<void> {
  const content = await readFile(tarball)
  const packed = content.buffer.slice(content.byteOffset, content.byteOffset + content.length)
  const { messages, pkg } = await publint({
    level: 'warning',
    pack: { tarball: packed as ArrayBuffer },
  })
  if (messages.length === 0) return
  throw new Error(
    messages.map((message) => formatMessage(message, pkg, { color: false })).join('\n'),
  )
}

/** Throws unless TypeScript resolves the tarball's types as its importers will. */
export async function resolveTypes(tarball: string): Promise<void> {
  await execa('attw', [
    tarball,
    '--profile=esm-only',
    '--no-definitely-typed',
    '--format=ascii',
    '--no-color',
    '--no-emoji',
  ])
}

/** Tarballs by the name of the package. */
export type Tarballs = ReadonlyMap<string, string>

/**
 * Installs the package alone in an empty folder, its workspace dependencies from their tarballs.
 * `beside` are names that the example imports too.
 */
export async function install(
  folder: string,
  tarballs: Tarballs,
  { name }: WorkspacePackage,
  beside: readonly string[],
): Promise<void> {
  const file = (each: string) => `file:${tarballs.get(each)}`
  const wanted = Object.fromEntries([name, ...beside].map((each) => [each, file(each)]))
  const overrides = Object.fromEntries([...tarballs.keys()].map((each) => [each, file(each)]))
  const types = JSON.parse(await readFile('node_modules/@types/node/package.json', 'utf8')).version
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...wanted, '@types/node': types },
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  // YAML takes JSON. Nothing here may run a script of a dependency.
  const settings = { overrides, strictDepBuilds: false, pmOnFail: 'ignore' }
  await writeFile(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(settings))
  await execa('pnpm', ['install', '--prefer-offline', '--ignore-scripts', '--no-lockfile'], {
    cwd: folder,
  })
}

/** Type-checks the example in the folder, declarations of dependencies included. */
export async function checkTypes(folder: string, code: string): Promise<void> {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  }
  await writeFile(join(folder, 'example.mts'), code)
  const config = { compilerOptions, files: ['example.mts'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  await execa('tsc', ['--project', folder, '--pretty', 'false'])
}

/** Runs the example with one version of Node: anywhere, or on a host of its own, of namespaces with an empty /run. */
export async function runExample(
  folder: string,
  node: string,
  where: 'anywhere' | 'host',
): Promise<void> {
  const host = 'mount -t tmpfs tmpfs /run; ip link set lo up; ip netns add blue; exec "$@"'
  const enter = ['unshare', '--net', '--mount', 'sh', '-ec', host, 'sh']
  const run = [node, '--disable-warning=ExperimentalWarning', 'example.mts']
  const [program = node, ...args] = where === 'host' ? [...enter, ...run] : run
  await execa(program, args, { cwd: folder, timeout: 60_000 })
}
