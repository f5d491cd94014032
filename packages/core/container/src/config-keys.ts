import { type CniError, confError, foldKey, isObject } from '@vethra/cni'
import { type Draft, draftOf, type Holder } from './draft.ts'

/** The objects and arrays that a plan writes into, with the keys it knows in each; none for maps of any key. */
const written: ReadonlyMap<string, readonly string[]> = new Map([
  [
    '',
    ['process', 'hostname', 'domainname', 'mounts', 'hooks', 'annotations', 'linux', 'ociVersion'],
  ],
  ['process', ['env']],
  ['process/env', []],
  ['mounts', []],
  ['hooks', ['prestart', 'createRuntime', 'poststop']],
  ['hooks/prestart', []],
  ['hooks/createRuntime', []],
  ['hooks/poststop', []],
  ['linux', ['namespaces', 'sysctl']],
  ['linux/namespaces', []],
  ['linux/sysctl', []],
  ['annotations', []],
])

/** A config.json taken apart where a plan writes into it. */
export function draftOfConfig(text: string): Draft {
  return draftOf(text, (path) => written.has(path))
}

/** Throws CniError 7 when an object that a plan writes into has a key twice, or in another case: runc and crun would read them apart. */
export function checkKeys(holder: Holder, value: unknown, path: readonly string[] = []): void {
  if (holder.kind === 'array') return
  checkObject(path, holder, value)
  for (const { key = '', value: inside } of holder.pieces)
    if (typeof inside === 'object')
      checkKeys(inside, isObject(value) ? value[key] : {}, [...path, key])
}

/** Throws CniError 7 when a config.json has annotations twice, in any case: runc merges them, and JSON.parse keeps the last. */
export function checkAnnotations(text: string): void {
  const { pieces } = draftOf(text, () => false).root
  const [, second] = pieces.filter(({ key = '' }) => foldKey(key) === foldKey('annotations'))
  if (second !== undefined) throw ambiguous([second.key ?? ''], 'stands twice')
}

function checkObject(path: readonly string[], { pieces }: Holder, value: unknown) {
  // JSON.parse keeps one of two.
  if (isObject(value) && Object.keys(value).length !== pieces.length)
    throw ambiguous([...path, twice(pieces)], 'stands twice')
  const known = written.get(path.join('/')) ?? []
  if (known.length === 0) return
  const folded = new Map(known.map((key) => [foldKey(key), key]))
  const lengths = new Set(known.map(({ length }) => length))
  for (const { key = '' } of pieces)
    if (lengths.has(key.length) && (folded.get(foldKey(key)) ?? key) !== key)
      throw ambiguous([...path, key], 'is another key to runc than to crun')
}

function twice(pieces: Holder['pieces']): string {
  const seen = new Set<string>()
  for (const { key = '' } of pieces) {
    if (seen.has(key)) return key
    seen.add(key)
  }
  return ''
}

function ambiguous(path: readonly string[], fault: string): CniError {
  const key = path.join('.').slice(0, 128)
  return confError(
    `config.json is ambiguous: ${JSON.stringify(key)} ${fault}`,
    'Leave one, spelled as the OCI runtime specification does.',
  )
}
