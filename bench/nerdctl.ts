import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type ContainerNames, renderMeta } from '../packages/core/names/src/index.ts'

/** What nerdctl 2.3 does with the files of a namespace, written down as lean as it can be: the yardstick. */
export interface NerdctlWay {
  acquire(names: ContainerNames): void
  release(id: string): void
}

/** `folder` is the namespace's, `operations` the one for markers and backups. */
export function nerdctlWay(folder: string, operations: string): NerdctlWay {
  mkdirSync(operations, { recursive: true })
  return {
    acquire(names) {
      mkdirSync(join(folder, names.id), { recursive: true })
      writeByRename(join(folder, names.id, 'meta.json'), renderMeta(names))
      rewriteAll(folder, operations)
    },
    release(id) {
      rmSync(join(folder, id, 'meta.json'))
      rewriteAll(folder, operations)
    },
  }
}

interface Meta {
  readonly ID: string
  readonly Name: string
  readonly Hostname: string
  readonly Networks: Readonly<Record<string, { readonly ips: readonly { address: string }[] }>>
}

interface Line {
  readonly network: string
  readonly text: string
}

function rewriteAll(folder: string, operations: string): void {
  const metas = readdirSync(folder).flatMap((id) => readMeta(join(folder, id, 'meta.json')))
  const lines = metas.flatMap(linesOf)
  for (const meta of metas) {
    const path = join(folder, meta.ID, 'hosts')
    const kept = existsSync(path) ? outsideMarkers(readFileSync(path, 'utf8')) : ''
    const own = lines.filter(({ network }) => network in meta.Networks)
    writeWithRollback(path, `${kept}${blockOf(own)}`, join(operations, meta.ID.slice(0, 16)))
  }
}

function readMeta(path: string): readonly Meta[] {
  return existsSync(path) ? [JSON.parse(readFileSync(path, 'utf8'))] : []
}

function linesOf({ Name, Hostname, Networks }: Meta): readonly Line[] {
  return Object.entries(Networks).flatMap(([network, { ips }]) =>
    ips.map(({ address }) => {
      const names = `${Hostname} ${Hostname}.${network} ${Name} ${Name}.${network}`
      return { network, text: `${(address.split('/')[0] ?? '').padEnd(15)} ${names}\n` }
    }),
  )
}

function blockOf(lines: readonly Line[]): string {
  const local =
    '127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n'
  return `# <nerdctl>\n${local}${lines.map(({ text }) => text).join('')}# </nerdctl>\n`
}

function outsideMarkers(text: string): string {
  return text.slice(0, Math.max(text.indexOf('# <nerdctl>'), 0))
}

function writeByRename(path: string, text: string): void {
  writeSynced(`${path}.tmp`, text)
  renameSync(`${path}.tmp`, path)
}

// Marker, backup and target are each synced; the backup stays.
function writeWithRollback(path: string, text: string, name: string): void {
  const [marker, backup] = [`${name}-in-progress`, `${name}-backup`]
  if (existsSync(marker)) throw new Error(`an operation on ${path} was cut short`)
  rmSync(backup, { force: true })
  writeSynced(marker, existsSync(path) ? '' : 'remove')
  if (existsSync(path)) copySynced(path, backup)
  writeSynced(path, text)
  rmSync(marker)
}

function copySynced(from: string, to: string): void {
  copyFileSync(from, to)
  const descriptor = openSync(to, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

// Opening for 'w' truncates.
function writeSynced(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o644)
  writeSync(descriptor, text)
  fsyncSync(descriptor)
  closeSync(descriptor)
}
