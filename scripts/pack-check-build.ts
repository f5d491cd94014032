import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { execa } from 'execa'
import type { WorkspacePackage } from './packages.ts'

/**
 * Bundles each entry, such as `src/index.ts`, into `dist`. Dependencies stay outside, dynamic imports
 * stay chunks.
 */
export async function bundle(top: string, { folder, entries }: WorkspacePackage): Promise<void> {
  await rm(join(top, folder, 'dist'), { recursive: true, force: true })
  await build({
    absWorkingDir: join(top, folder),
    entryPoints: entries.map((entry) => join('src', entry)),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: true,
    packages: 'external',
    external: ['bun:*'],
    logLevel: 'silent',
  })
}

/** Packs the folder, which has been built, as npm would get it; gives back the path of the tarball. */
export async function pack(
  top: string,
  { folder }: Pick<WorkspacePackage, 'folder'>,
  to: string,
): Promise<string> {
  const flags = ['--config.ignore-scripts=true', '--silent', '--json', '--pack-destination', to]
  const { stdout } = await execa('pnpm', ['pack', ...flags], { cwd: join(top, folder) })
  return JSON.parse(stdout).filename
}
