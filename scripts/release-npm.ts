import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundle, pack } from './pack-check-build.ts'
import { declare } from './pack-check-declare.ts'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'

/** Builds and packs each public package into a folder. `tsc --build` has run. */
export async function packAll(to: string): Promise<void> {
  const all = await workspacePackages(top)
  for (const one of all.filter((each) => each.folder.startsWith('packages/') && !each.private)) {
    await bundle(top, one)
    await declare(top, one, all)
    const file = await pack(top, one, to)
    if (dirname(file) !== to) await rename(file, join(to, file))
  }
}
