import { statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { ConfFileText } from '@vethra/conflist'
import { byOctets, errno, fileError, listFolder, readText } from '@vethra/files'

/** The regular files in some folders with one of the extensions, ascending by the octets of their paths. */
export async function readConfFiles(
  folders: readonly string[],
  extensions: readonly string[],
): Promise<readonly ConfFileText[]> {
  const paths = (await Promise.all(folders.map(pathsIn))).flat()
  const wanted = paths.filter((path) => extensions.includes(extname(path)))
  const files = await Promise.all(byOctets(wanted).map(readConfFile))
  return files.filter((file) => file !== undefined)
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  return (await listFolder(folder)).map((name) => join(folder, name))
}

/** Undefined for what is no file, and for what vanished since it was listed. */
async function readConfFile(file: string): Promise<ConfFileText | undefined> {
  try {
    const status = statSync(file)
    if (!status.isFile()) return undefined
    const text = await readText(file)
    return text === undefined ? undefined : { file, text, modified: status.mtime.toISOString() }
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    const reason = fileError('read', file, error)
    return { file, error: reason }
  }
}
