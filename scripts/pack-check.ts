/** Builds, packs and tries each package as a user of npm gets it. Run by scripts/pack-check. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExecaError, execa } from 'execa'
import { bundle, pack } from './pack-check-build.ts'
import { closureOf, holdClosure } from './pack-check-closure.ts'
import { declare } from './pack-check-declare.ts'
import { checkTypes, install, lint, resolveTypes, runExample } from './pack-check-try.ts'
import { type WorkspacePackage, workspacePackages } from './packages.ts'
import { type Example, firstExample } from './readme.ts'

interface Node {
  readonly major: number
  readonly path: string
}

const top = process.cwd()
const temporary = await mkdtemp(join(tmpdir(), 'vethra-pack-'))
try {
  process.exitCode = (await main()) ? 0 : 1
} finally {
  await rm(temporary, { recursive: true, force: true })
}

async function main(): Promise<boolean> {
  const nodes = await Promise.all([nodeOf(22), nodeOf(24)])
  const all = await workspacePackages(top)
  const packages = all.filter((each) => each.folder.startsWith('packages/') && !each.private)
  const tarballs = new Map<string, string>()
  const unshipped = await each(packages, async (one) => {
    tarballs.set(one.name, await ship(one, all))
  })
  // A package that is not there would be looked for in the registry by those that need it.
  const failed = unshipped || (await each(packages, (one) => tryAlone(one, tarballs, nodes)))
  console.log(`${packages.length} packages, ${failed} failed`)
  return failed === 0
}

async function ship(one: WorkspacePackage, all: readonly WorkspacePackage[]): Promise<string> {
  await step('build', bundle(top, one))
  await step('declarations', declare(top, one, all))
  return step('pack', pack(top, one, temporary))
}

async function tryAlone(
  one: WorkspacePackage,
  tarballs: ReadonlyMap<string, string>,
  nodes: readonly Node[],
): Promise<void> {
  const started = performance.now()
  const tarball = tarballs.get(one.name) ?? ''
  const folder = join(temporary, one.folder)
  await step('publint', lint(tarball))
  await step('attw', resolveTypes(tarball))
  const { code, runs } = await step('example', exampleOf(one))
  const { own, beside } = workspaceImports(one, code)
  await step('install', install(folder, tarballs, one, own))
  const closure = await step('closure', closureOf(folder, one))
  await step('closure', holdClosure(one, closure))
  if (beside.length > 0) await step('install', install(folder, tarballs, one, [...own, ...beside]))
  await step('types', checkTypes(folder, code))
  for (const { major, path } of nodes) {
    if (runs !== 'nowhere') await step(`run on Node ${major}`, runExample(folder, path, runs))
  }
  const { size } = await stat(tarball)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const how = runs === 'nowhere' ? 'types only' : 'ran'
  const { ours, others, kB } = closure
  const brings = `${ours.length} of ours, ${others} others, ${kB} kB`
  const packed = Math.ceil(size / 1024)
  console.log(`ok    ${one.name.padEnd(26)} ${packed} kB, brings ${brings}; ${how}, ${seconds} s`)
}

async function exampleOf({ folder }: WorkspacePackage): Promise<Example> {
  const example = firstExample(await readFile(join(folder, 'README.md'), 'utf8'))
  if (!example) throw new Error(`${folder}/README.md has no example in a ts fence`)
  return example
}

/** The other packages of this workspace that an example imports: dependencies, and those that it has its reader install, too. */
function workspaceImports(
  one: WorkspacePackage,
  code: string,
): { readonly own: readonly string[]; readonly beside: readonly string[] } {
  const paths = [...code.matchAll(/from '(@vethra\/[^'/]+)/g)].map(([, name = '']) => name)
  const names = [...new Set(paths)].filter((name) => name !== one.name)
  const isOwn = (name: string) => one.dependencies.includes(name)
  return { own: names.filter(isOwn), beside: names.filter((name) => !isOwn(name)) }
}

/** The Node of that major version, which an optional dependency of the top brings. */
async function nodeOf(major: 22 | 24): Promise<Node> {
  const folder = major === 24 ? 'node-linux' : `node-${major}-linux`
  const path = join(top, 'node_modules', `${folder}-${process.arch}`, 'bin/node')
  const { stdout } = await execa(path, ['--version'])
  if (stdout.startsWith(`v${major}.`)) return { major, path }
  throw new Error(`${path} is ${stdout}, and Node ${major} was wanted`)
}

/**
 * Does the work for each package, as many at a time as there are processors; says how many
 * failed.
 */
async function each(
  packages: readonly WorkspacePackage[],
  work: (one: WorkspacePackage) => Promise<void>,
): Promise<number> {
  const queue = packages.values()
  let failed = 0
  const worker = async () => {
    for (const one of queue) {
      await work(one).catch((error: unknown) => {
        failed += 1
        console.log(`FAIL  ${one.name}: ${error instanceof Error ? error.message : String(error)}`)
      })
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return failed
}

async function step<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new Error(`${name}: ${told(cause)}`, { cause })
  }
}

function told(cause: unknown): string {
  if (!(cause instanceof ExecaError)) return cause instanceof Error ? cause.message : String(cause)
  const text = [cause.shortMessage, cause.stdout, cause.stderr].join('\n')
  return text.split('\n').slice(0, 40).join('\n')
}
