import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspacePackage } from './packages.ts'

/** The packages that an installation of one brings. */
export interface Closure {
  /** Of this workspace, without the package itself: `address`, `cni`. */
  readonly ours: readonly string[]
  /** Of others, as far as ours ask for them: `zod`. */
  readonly named: readonly string[]
  /** How many of others in all, with what these bring. */
  readonly others: number
  /** The size of all, the package itself included. */
  readonly kB: number
}

interface Installed {
  readonly name: string
  readonly folder: string
}

const scope = '@vethra/'
const closures = join(import.meta.dirname, 'closures.json')

/** The packages that pnpm put into a folder for one package; types of Node, which examples need, are left out. */
export async function closureOf(folder: string, { name }: WorkspacePackage): Promise<Closure> {
  const installed = await installedIn(folder)
  const ours = installed.filter((each) => each.name.startsWith(scope))
  const named = await Promise.all(ours.map((each) => namedBy(each)))
  const sizes = await Promise.all(installed.map((each) => sizeOf(each.folder)))
  return {
    ours: ours
      .filter((each) => each.name !== name)
      .map((each) => each.name.slice(scope.length))
      .toSorted(),
    named: [...new Set(named.flat())].toSorted(),
    others: installed.length - ours.length,
    kB: Math.ceil(sizes.reduce((sum, each) => sum + each, 0) / 1024),
  }
}

/**
 * Throws unless the closure is the one in closures.json: a package that brings more is taken by fewer people,
 * and one that brings less is held to it from then on.
 */
export async function holdClosure(
  { name }: WorkspacePackage,
  { ours, named }: Closure,
): Promise<void> {
  const held: Readonly<Record<string, string>> = JSON.parse(await readFile(closures, 'utf8'))
  const found = [...ours, '|', ...named].join(' ').trim()
  if (held[name] === found) return
  throw new Error(`it brings "${found}", and closures.json says "${held[name] ?? ''}"`)
}

async function installedIn(folder: string): Promise<readonly Installed[]> {
  const store = join(folder, 'node_modules/.pnpm')
  const places = (await readdir(store)).filter((each) => /.@/.test(each))
  return places
    .map((place) => {
      const name = place.replace(/(?<=.)@.*$/, '').replace('+', '/')
      return { name, folder: join(store, place, 'node_modules', name) }
    })
    .filter(({ name }) => name !== '@types/node' && name !== 'undici-types')
}

async function namedBy({ folder }: Installed): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const { dependencies = {}, peerDependencies = {} } = manifest
  const names = Object.keys({ ...dependencies, ...peerDependencies })
  return names.filter((each) => !each.startsWith(scope))
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((each) => each.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  )
  return sizes.reduce((sum, each) => sum + each, 0)
}
