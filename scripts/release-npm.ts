import { rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { bundle, pack } from './pack-check-build.ts'
import { declare } from './pack-check-declare.ts'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'
import { type CommandBuild, layCommand, layExecutable } from './release-npm-command.ts'

/**
 * Packs each public package, `vethra` and the package of each executable into a folder; returns the tarballs in the order in
 * which they are published. Types have been checked, which leaves declarations.
 */
export async function packAll(
  builds: readonly CommandBuild[],
  to: string,
): Promise<readonly string[]> {
  const all = await workspacePackages(top)
  const libraries = all.filter((each) => each.folder.startsWith('packages/') && !each.private)
  const packed: string[] = []
  for (const one of libraries) {
    await bundle(top, one)
    await declare(top, one, all)
    packed.push(await packInto(one.folder, to))
  }
  // Last: it can be installed as soon as it is there.
  for (const build of builds) packed.push(await packInto(await layExecutable(build), to))
  packed.push(await packInto(await layCommand(builds), to))
  await rm(join(top, 'dist/npm'), { recursive: true })
  return packed
}

async function packInto(folder: string, to: string): Promise<string> {
  const file = await pack(top, { folder }, to)
  const place = join(to, basename(file))
  if (file !== place) await rename(join(top, folder, file), place)
  return place
}
