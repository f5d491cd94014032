import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installed } from './installed.ts'

/** Builds a bun program that does nothing, in a folder, and returns its path: the least that a program of bun's costs. */
export async function emptyProgram(folder: string): Promise<string> {
  const source = join(folder, 'empty.ts')
  await writeFile(source, '')
  const bun = new URL('../node_modules/.bin/bun', import.meta.url).pathname
  const built = join(folder, 'built')
  execFileSync(bun, ['build', '--compile', '--minify', source, '--outfile', built], {
    stdio: 'ignore',
  })
  return installed(built, join(folder, 'empty'))
}
