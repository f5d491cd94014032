/**
 * Fails on errors, hints, help, findings and docstrings that are not plain: each names the thing, then says
 * what it does, in one clause.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesMatching } from './packages.ts'
import { proseFaults } from './prose-rules.ts'

const top = join(import.meta.dirname, '..')
const files = (
  await filesMatching(top, '{packages/{world,engine},packages/*/*,apps/*}/src/**/*.ts')
).filter((path) => !/\.test\.ts$/.test(path))
const faults = await Promise.all(
  files.map(async (path) => proseFaults(path, await readFile(join(top, path), 'utf8'))),
)
for (const fault of faults.flat()) console.error(fault)
console.log(`${files.length} files, ${faults.flat().length} faults of prose`)
process.exitCode = faults.flat().length > 0 ? 1 : 0
