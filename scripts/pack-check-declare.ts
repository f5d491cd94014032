import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { WorkspacePackage } from './packages.ts'

/** A declaration that `tsc --build` left: of which package, and where below its `src`. */
interface Declaration {
  readonly of: WorkspacePackage
  readonly file: string
}

/**
 * Copies to `dist` the declarations that the entries reach. Those of packages that are no dependency, such as
 * the ports of `world`, come along in `dist/types/PACKAGE`: whoever installs the package needs no other for them.
 */
export async function declare(
  top: string,
  one: WorkspacePackage,
  all: readonly WorkspacePackage[],
): Promise<void> {
  const open: Declaration[] = one.entries.map((entry) => ({ of: one, file: declarationOf(entry) }))
  const done = new Set<string>()
  for (const each of open) {
    const place = placeOf(one, each)
    if (done.has(place)) continue
    done.add(place)
    const { text, reached } = await rewrite(top, one, each, all)
    open.push(...reached)
    const to = join(top, one.folder, 'dist', place)
    await mkdir(dirname(to), { recursive: true })
    await writeFile(to, text)
  }
}

// tsc leaves `.ts` in declarations, which only tells of sources that are not shipped.
const ownImport = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]*)\.ts(['"])/g
const namedImport = /^(import|export) (?:type )?\{([^}]*)\} from '(@vethra\/[^']+)';$/gm

async function rewrite(
  top: string,
  one: WorkspacePackage,
  each: Declaration,
  all: readonly WorkspacePackage[],
): Promise<{ readonly text: string; readonly reached: readonly Declaration[] }> {
  const { of, file } = each
  const source = await read(top, each)
  const reached: Declaration[] = [...source.matchAll(ownImport)].map(([, , path = '']) => {
    return { of, file: `${join(dirname(file), path)}.d.ts` }
  })
  let text = source.replaceAll(ownImport, '$1$2.js$3')
  for (const [statement, verb, names = '', name = ''] of source.matchAll(namedImport)) {
    const foreign = all.find((found) => found.name === name)
    if (!foreign || name === one.name || one.dependencies.includes(name)) continue
    const homes = await homesOf(top, foreign)
    const lines = listed(names).map((item) => {
      const [exported = ''] = item.split(' as ')
      const home = homes.get(exported)
      if (home === undefined) throw new Error(`${name} declares no ${exported}`)
      reached.push({ of: foreign, file: home })
      const path = relative(dirname(placeOf(one, each)), placeOf(one, { of: foreign, file: home }))
      const from = path.startsWith('.') ? path : `./${path}`
      return `${verb} type { ${item} } from '${from.replace(/\.d\.ts$/, '.js')}';`
    })
    text = text.replace(statement, lines.join('\n'))
  }
  return { text, reached }
}

/** Where the exports of a package's main entry are declared, by name. */
async function homesOf(top: string, of: WorkspacePackage): Promise<ReadonlyMap<string, string>> {
  const index = await read(top, { of, file: 'index.d.ts' })
  const homes = new Map<string, string>()
  for (const [, names, path] of index.matchAll(
    /^export (?:type )?(?:\{([^}]*)\}|\*) from '\.\/([^']+)\.ts';$/gm,
  )) {
    const file = `${path}.d.ts`
    const all = names === undefined ? declaredIn(await read(top, { of, file })) : listed(names)
    for (const name of all) homes.set(name, file)
  }
  return homes
}

function declaredIn(text: string): readonly string[] {
  const declared = text.matchAll(
    /^export (?:declare )?(?:class|const|function|interface|type) (\w+)/gm,
  )
  return [...declared].map(([, name = '']) => name)
}

function listed(names: string): readonly string[] {
  return names
    .split(',')
    .map((each) => each.trim().replace(/^type /, ''))
    .filter((each) => each !== '')
}

function placeOf(one: WorkspacePackage, { of, file }: Declaration): string {
  return of.name === one.name ? file : join('types', basename(of.folder), file)
}

function declarationOf(entry: string): string {
  return entry.replace(/\.ts$/, '.d.ts')
}

function read(top: string, { of, file }: Declaration): Promise<string> {
  return readFile(join(top, 'node_modules/.types', of.folder, 'src', file), 'utf8')
}
