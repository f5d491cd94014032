import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { top } from './project.ts'

/** Where and with what environment a program of npm's runs. */
export interface AtHome {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** The runtimes that libraries are tried under, by name. */
export const runtimes: Readonly<Record<string, string>> = {
  'Node 22': join(top, 'node_modules', `node-22-linux-${process.arch}`, 'bin/node'),
  'Node 24': join(top, 'node_modules', `node-linux-${process.arch}`, 'bin/node'),
  bun: join(top, 'node_modules/bun/bin/bun.exe'),
}

/**
 * Runs in a folder with a home of its own, whose `.npmrc` names the registry: npm, pnpm and bun keep their caches there, so that
 * no other build of the same version serves. `first` comes first on PATH.
 */
export function atHome(home: string, cwd: string = home, first?: string): AtHome {
  const path = [...(first ? [first] : []), process.env['PATH'] ?? ''].join(':')
  return { cwd, env: { HOME: home, PATH: path, CI: 'true' } }
}

/** Makes an empty project. */
export async function emptyProject(home: string): Promise<string> {
  const folder = await mkdtemp(join(home, 'project-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  return folder
}
