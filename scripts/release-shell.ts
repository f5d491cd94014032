import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { top } from './project.ts'

/** The text of a script of a package, which ends at its first failure: functions of packaging/shell, and what calls them. */
export async function shellScript(functions: readonly string[], script: string): Promise<string> {
  const files = [...functions.map((name) => `shell/${name}.sh`), script]
  const texts = files.map((file) => readFile(join(top, 'packaging', file), 'utf8'))
  return `set -e\n\n${(await Promise.all(texts)).join('\n')}`
}
