import { isatty } from 'node:tty'
import { CniError, notFoundError, oneLine, usageError } from '@vethra/cni'
import { applyImport, type ImportRow, inNamespace, planImport } from '@vethra/engine'
import {
  type ForeignNetwork,
  readDockerNetworks,
  readNerdctlNetworks,
  readPodmanConfLists,
  readPodmanNetwork,
  withoutNetworks,
} from '@vethra/networks'
import type { Io, World } from '@vethra/world'
import { printListing } from './listing.ts'
import { importShape } from './shapes.ts'

/** The options of `import`. */
export interface ImportFlags {
  readonly apply: boolean
  /** Names of networks to leave out. */
  readonly skip: readonly string[]
  readonly format: string
}

/** A program whose networks can be imported. */
export type ImportSource = 'docker' | 'podman' | 'nerdctl'

/** An import: whose networks, and the file or folder that they are in. */
export interface ImportRequest extends ImportFlags {
  readonly source: ImportSource
  /** Default: standard input, as with `-`, or the folder where the program keeps them. */
  readonly path: string | undefined
}

type Read = (world: World, path: string | undefined, io: Io) => Promise<readonly ForeignNetwork[]>

const readers: Readonly<Record<ImportSource, Read>> = {
  async docker({ files }, file, io) {
    if (file === undefined && isatty(0))
      throw usageError(
        'no file is given, and standard input is a terminal',
        'Pipe them in: docker network inspect $(docker network ls -q) | vethra import docker',
      )
    if (file === undefined || file === '-')
      return readDockerNetworks(await io.readStdin(), 'standard input')
    const text = await files.read(file)
    if (text !== undefined) return readDockerNetworks(text, file)
    throw notFoundError(
      `no file ${file}`,
      'Name the file that has the output of "docker network inspect".',
    )
  },
  // JSON files for netavark, or conf lists for CNI.
  async podman(world, folder = '/etc/containers/networks') {
    const all = await world.confFilesIn(folder)
    const isJson = ({ file }: { readonly file: string }) => file.endsWith('.json')
    if (all.length === 0)
      throw noFiles(folder, 'podman info --format {{.Host.NetworkBackendInfo.Backend}}')
    const lists = readPodmanConfLists(all.filter((each) => !isJson(each)))
    return [...all.filter(isJson).map(readPodmanNetwork), ...lists]
  },
  // Those of the containerd namespace included.
  async nerdctl(world, folder = '/etc/cni/net.d') {
    const files = await world.confFilesIn(folder)
    if (files.length === 0) throw noFiles(folder, 'nerdctl network ls')
    return readNerdctlNetworks(files)
  },
}

function noFiles(folder: string, check: string): CniError {
  return notFoundError(
    `no network files in ${folder}`,
    `Name the folder of the networks, if "${check}" shows that there are some.`,
  )
}

/** Prints the plan of an import, or its outcome. Throws CniError 106 when a network is refused, 101 for a skipped name that none has. */
export async function printImport(world: World, request: ImportRequest, io: Io): Promise<void> {
  const { source, path, apply, skip, format } = request
  const networks = withoutNetworks(await readers[source](world, path, io), skip)
  const tools = await inNamespace(world, world.resolved.settings.namespace)
  const items = await (apply ? applyImport : planImport)(tools, networks)
  const header = ['NAME', 'DRIVER', 'SUBNETS', 'STATUS']
  printListing({ items, shape: importShape, header, row: cells }, format, io)
  if (format === 'table') for (const line of items.flatMap(linesOf)) io.print(line)
  const refused = items.filter(({ Status }) => Status === 'refused')
  if (refused.length > 0) throw notAll(refused, apply)
}

function cells({ Name, Driver, Subnets, Status }: ImportRow): readonly string[] {
  return [Name, Driver, Subnets.join(' '), Status]
}

function linesOf(given: ImportRow): readonly string[] {
  const { Name, Reason, Hint, Lost, Notes, Command, Status } = given
  const lines = [
    ...(Reason === '' ? [] : [Reason]),
    ...(Hint === '' ? [] : [`hint: ${Hint}`]),
    ...Lost.map(({ Field, Value, Why }) => `no equal of ${Field} ${Value}: ${Why}`),
    ...Notes.map((note) => `note: ${note}`),
    ...(Status === 'new' ? [Command] : []),
  ]
  return lines.length === 0
    ? []
    : [oneLine(`${Name}:`), ...lines.map((each) => `  ${oneLine(each)}`)]
}

function notAll(refused: readonly ImportRow[], apply: boolean): CniError {
  const names = refused.slice(0, 10).map(({ Name }) => oneLine(Name))
  const more = refused.length > 10 ? ` and ${refused.length - 10} more` : ''
  return new CniError({
    code: 106,
    message: `${refused.length} of the networks cannot be imported${apply ? ', and none was created' : ''}: ${names.join(', ')}${more}`,
    hint: 'The reason of each is in the listing. Leave these out by --skip NAME, once for each; --apply creates all others.',
  })
}
