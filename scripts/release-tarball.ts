import { cp } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import { top } from './project.ts'
import type { Build } from './release-deb.ts'
import { layTree } from './release-tree.ts'

/**
 * Builds `vethra-VERSION-linux-ARCHITECTURE.tar.gz` in a folder: one folder, whose content goes to /usr/local.
 */
export async function buildTarball(build: Build, work: string, to: string): Promise<string> {
  const { version, architecture, epochSeconds } = build
  const name = `vethra-${version}-linux-${architecture}`
  const folder = join(work, name)
  await layTree(folder, { ...build, prefix: '/usr/local' })
  const filter = (source: string) => isPage(relative(top, source))
  for (const file of ['LICENSE', 'README.md', 'docs'])
    await cp(join(top, file), join(folder, 'share/doc/vethra', file), { recursive: true, filter })
  const file = join(to, `${name}.tar.gz`)
  await pack(['-C', work, name], file, epochSeconds)
  return file
}

/** Whether a file is for those who install Vethra: the documentation of its packages is built only on some machines. */
export function isPage(path: string): boolean {
  return !/^docs\/(api|typedoc)(\/|$)/.test(path)
}

/** Packs with nothing of the machine in it: order, owners, modes and times are fixed. */
async function pack(what: readonly string[], file: string, epochSeconds: number): Promise<void> {
  const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX']
  const flags = [...fixed, `--mtime=@${epochSeconds}`, '--use-compress-program=gzip -n']
  await execa('tar', [...flags, '-cf', file, ...what])
}
