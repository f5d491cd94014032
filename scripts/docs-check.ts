/**
 * Fails on documents that no longer tell the truth: dead links, table cells longer than a
 * sentence, packages without a README, a long or stale ARCHITECTURE.md, settings that docs/vethra.toml.md does not tell,
 * annotations that docs/runtimes.md does not, packages that are of another version than `vethra version` says.
 */
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { version } from '../packages/core/settings/src/index.ts'
import { annotationFaults } from './docs-check-annotations.ts'
import { linkFaults } from './docs-check-links.ts'
import { settingsFaults } from './docs-check-settings.ts'
import { tableFaults } from './docs-check-tables.ts'
import { filesMatching, type WorkspacePackage, workspacePackages } from './packages.ts'
import { firstExample, withoutFences } from './readme.ts'
import { versionFaults } from './release-version.ts'

const top = join(import.meta.dirname, '..')
const documents = await filesMatching(top, '**/*.md')
const packages = await workspacePackages(top)
const settings = 'docs/vethra.toml.md'
const faults = [
  ...(await Promise.all(documents.map((path) => linkFaults(top, path)))).flat(),
  ...(await Promise.all(documents.map((path) => tableFaults(top, path)))).flat(),
  ...(await Promise.all(packages.map(readmeFaults))).flat(),
  ...(await architectureFaults()),
  ...(await settingsFaults(settings, (await read(settings)) ?? '')),
  ...(await annotationFaults(top, 'docs/runtimes.md')),
  ...(await versionFaults(version)),
]
for (const fault of faults) console.error(fault)
console.log(`${documents.length} documents, ${packages.length} packages, ${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0

async function read(path: string): Promise<string | undefined> {
  return readFile(join(top, path), 'utf8').catch(() => undefined)
}

async function readmeFaults({ name, folder }: WorkspacePackage): Promise<readonly string[]> {
  if (folder === 'e2e') return []
  const path = join(folder, 'README.md')
  const text = await read(path)
  if (text === undefined) return [`${path}: missing; ${name} has no README`]
  if (!folder.startsWith('packages/')) return []
  const [before = '', others] = withoutFences(text).split(/^## What it leaves to others$/m)
  return [
    ...(/^[^#\s]/m.test(before) ? [] : [`${path}: no paragraph that says what ${name} is for`]),
    ...(firstExample(text) ? [] : [`${path}: no example in a ts fence`]),
    ...(others !== undefined && /^- /m.test(others)
      ? []
      : [`${path}: no list "## What it leaves to others"`]),
  ]
}

async function architectureFaults(): Promise<readonly string[]> {
  const text = await read('ARCHITECTURE.md')
  if (text === undefined) return ['ARCHITECTURE.md: missing']
  const lines = text.trimEnd().split('\n').length
  const [, tree = ''] = /^```\w*\n(packages\/core\/.*?)^```$/ms.exec(text) ?? []
  const named = new Set(
    [...tree.matchAll(/(?:^|[\s/])([\w-]+)\/(?=\s|$)/g)].map(([, name]) => name),
  )
  const unnamed = packages.filter(({ folder }) => !named.has(basename(folder)))
  return [
    ...(lines > 200 ? [`ARCHITECTURE.md: ${lines} lines, and 200 are allowed`] : []),
    ...unnamed.map(({ folder }) => `ARCHITECTURE.md: its tree does not name ${folder}`),
  ]
}
