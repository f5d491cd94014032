import { lstatSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type CniError, confError, invalidFileError } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { byOctets, errno, fileError, listFolder, readText } from '@vethra/files'

/** Bounds for folders that others may write to. */
interface Bounds {
  /** How many files there may be. */
  readonly files: number
  /** How many octets each may have. */
  readonly octets: number
}

/** Regular files of some folders with these extensions, ascending by octets. Throws CniError 7 for more files than the bounds allow. */
export async function readConfFiles(
  folders: readonly string[],
  extensions: readonly string[],
  bounds?: Bounds,
): Promise<readonly ConfFileText[]> {
  const paths = (await Promise.all(folders.map(pathsIn))).flat()
  const wanted = paths.filter((path) => extensions.includes(extname(path)))
  if (bounds !== undefined && wanted.length > bounds.files) throw tooMany(folders, bounds)
  const read = (path: string) => readConfFile(path, bounds?.octets)
  const files = await Promise.all(byOctets(wanted).map(read))
  return files.filter((file) => file !== undefined)
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  return (await listFolder(folder)).map((name) => join(folder, name))
}

/** Undefined for an empty folder and a link to one, and for what vanished since it was listed. */
async function readConfFile(file: string, octets?: number): Promise<ConfFileText | undefined> {
  try {
    const status = statSync(file, { throwIfNoEntry: false })
    if (!status?.isFile())
      return isInTheWay(file)
        ? { file, error: invalidFileError(`${file} is not a regular file`, 'Move it away.') }
        : undefined
    const text = await readText(file, octets)
    return text === undefined ? undefined : { file, text, modified: status.mtime.toISOString() }
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    const reason = fileError('read', file, error)
    return { file, error: reason }
  }
}

// An empty folder is replaced by the file that belongs there.
function isInTheWay(file: string): boolean {
  const there = lstatSync(file, { throwIfNoEntry: false })
  if (there?.isSymbolicLink()) return statSync(file, { throwIfNoEntry: false }) === undefined
  return there !== undefined && !(there.isDirectory() && readdirSync(file).length === 0)
}

function tooMany(folders: readonly string[], { files }: Bounds): CniError {
  return confError(
    `more than ${files} files in ${folders.join(' and ')}`,
    'Name a folder that holds networks alone.',
  )
}
