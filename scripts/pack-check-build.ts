import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
    packages: 'external',
    external: ['bun:*'],
    logLevel: 'silent',
  })
}

/** Copies to `dist` the declarations that the entries reach, as `tsc --build` left them. */
export async function declare(top: string, { folder, entries }: WorkspacePackage): Promise<void> {
  const from = join(top, 'node_modules/.types', folder, 'src')
  const to = join(top, folder, 'dist')
  const done = new Set<string>()
  const open = entries.map((entry) => entry.replace(/\.ts$/, '.d.ts'))
  for (const file of open) {
    if (done.has(file)) continue
    done.add(file)
    const text = await readFile(join(from, file), 'utf8')
    await mkdir(dirname(join(to, file)), { recursive: true })
    await writeFile(join(to, file), text.replaceAll(relative, '$1$2.js$3'))
    const imported = [...text.matchAll(relative)].map(([, , path = '']) => path)
    open.push(...imported.map((path) => `${join(dirname(file), path)}.d.ts`))
  }
}

/** Packs the folder as npm would get it; gives back the path of the tarball. */
export async function pack(top: string, { folder }: WorkspacePackage, to: string): Promise<string> {
  const { stdout } = await execa('pnpm', ['--silent', 'pack', '--json', '--pack-destination', to], {
    cwd: join(top, folder),
  })
  return JSON.parse(stdout).filename
}

// tsc leaves `.ts` in declarations, which only tells of sources that are not shipped.
const relative = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]*)\.ts(['"])/g
