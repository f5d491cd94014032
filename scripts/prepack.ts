/** Builds the package of the current folder: the prepack script of each public package, for pnpm pack and pnpm publish. */
import { join } from 'node:path'
import { execa } from 'execa'
import { bundle } from './pack-check-build.ts'
import { declare } from './pack-check-declare.ts'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'

const all = await workspacePackages(top)
const one = all.find(({ folder }) => join(top, folder) === process.cwd())
if (!one) throw new Error(`${process.cwd()} is no package of this workspace`)
await execa('pnpm', ['typecheck'], { cwd: top })
await bundle(top, one)
await declare(top, one, all)
