/** One version for all packages. As a program it raises them: node scripts/release-version.ts VERSION. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'

const source = 'packages/core/settings/src/version.ts'
const inManifest = /^( {2}"version": )"[^"]*"/m
const inSource = /^(export const version = )'[^']*'/m

/** The files that say another version. */
export async function versionFaults(version: string): Promise<readonly string[]> {
  const faults = await Promise.all(
    (await places()).map(async ({ path, pattern }) => {
      const [, , said] =
        /^(.*?["'](?:version": ")?)([^"']*)["']$/.exec(pattern.exec(await read(path))?.[0] ?? '') ??
        []
      return said === version ? [] : [`${path}: its version is ${said}, and not ${version}`]
    }),
  )
  return faults.flat()
}

async function raise(version: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/.test(version))
    throw new Error(`invalid version ${version}`)
  for (const { path, pattern, quote } of await places()) {
    const text = (await read(path)).replace(pattern, `$1${quote}${version}${quote}`)
    await writeFile(join(top, path), text)
  }
}

async function places() {
  const packages = (await workspacePackages(top)).filter(({ folder }) => folder !== 'e2e')
  const manifests = packages.map(({ folder }) => {
    return { path: `${folder}/package.json`, pattern: inManifest, quote: '"' }
  })
  return [...manifests, { path: source, pattern: inSource, quote: "'" }]
}

function read(path: string): Promise<string> {
  return readFile(join(top, path), 'utf8')
}

if (import.meta.main) await raise(process.argv[2] ?? '')
