/** Writes all man pages into a folder: node scripts/man.ts FOLDER. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { wholeProgram } from '../apps/cli/src/run-command.ts'
import { version } from '../packages/core/settings/src/index.ts'
import { commandPages, type ManPages } from './man-pages.ts'
import { tomlPage } from './man-toml.ts'
import { readProject, top } from './project.ts'

/** All pages of this version. */
export async function manPages(): Promise<ManPages> {
  const { homepage } = await readProject()
  const release = { version, homepage }
  const settings = await readFile(join(top, 'docs/vethra.toml.md'), 'utf8')
  const pages = commandPages(await wholeProgram(silent()), release)
  return new Map([...pages, ['vethra.toml.5', tomlPage(settings, release)]])
}

// Commands are defined and not run: none asks for the host, and none prints.
function silent(): Parameters<typeof wholeProgram>[0] {
  const none = () => undefined
  const never = () => Promise.reject(new Error('a man page asks for nothing'))
  const output = {
    write: none,
    print: none,
    printStyled: none,
    complain: none,
    isLost: () => false,
  }
  const input = { env: {}, program: [], readStdin: never, isTerminal: () => false }
  const io = { ...output, ...input, columns: none, now: () => 0 }
  return { flags: {}, here: { settings: never, world: never, lists: never }, io }
}

/** Writes all pages, each into `FOLDER/manSECTION`; returns their paths. */
export async function writeManPages(folder: string): Promise<readonly string[]> {
  const pages = [...(await manPages())]
  return Promise.all(
    pages.map(async ([name, text]) => {
      const section = join(folder, `man${name.slice(-1)}`)
      await mkdir(section, { recursive: true })
      await writeFile(join(section, name), text)
      return join(section, name)
    }),
  )
}

if (import.meta.main && process.argv[2] !== undefined) await writeManPages(process.argv[2])
