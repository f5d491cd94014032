import { CniError } from '@vethra/spec'
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser'

/** The objects that a plan writes into, with the keys it knows there; none for maps of any key. */
const written: readonly (readonly [path: readonly string[], known: readonly string[]])[] = [
  [
    [],
    ['process', 'hostname', 'domainname', 'mounts', 'hooks', 'annotations', 'linux', 'ociVersion'],
  ],
  [['process'], ['env']],
  [['hooks'], ['prestart', 'createRuntime', 'poststop']],
  [['linux'], ['namespaces', 'sysctl']],
  [['linux', 'sysctl'], []],
  [['annotations'], []],
]

/**
 * Throws CniError 7 when an object that a plan writes into has a key twice, or one that differs
 * from a key of ours by case alone: runc (Go's encoding/json) takes `Hooks` for `hooks`, and the
 * last one counts, crun does not, so that what is written here might not be what runs.
 */
export function checkKeys(text: string): void {
  const root = parseTree(text)
  for (const [path, known] of written) {
    const object = root && findNodeAtLocation(root, [...path])
    if (object?.type === 'object') checkObject(path, keysOf(object), known)
  }
}

function checkObject(path: readonly string[], keys: readonly string[], known: readonly string[]) {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw ambiguous([...path, twice], 'stands twice')
  const odd = keys.find((key) => known.some((ours) => ours !== key && fold(ours) === fold(key)))
  if (odd !== undefined) throw ambiguous([...path, odd], 'is another key to runc than to crun')
}

function keysOf(object: Node): readonly string[] {
  return (object.children ?? []).map((property) => String(property.children?.[0]?.value))
}

// Upper case first: Go folds the long s and the Kelvin sign too.
function fold(key: string): string {
  return key.toUpperCase().toLowerCase()
}

function ambiguous(path: readonly string[], fault: string): CniError {
  const key = path.join('.').slice(0, 128)
  return new CniError({
    code: 7,
    message: `config.json is ambiguous: ${JSON.stringify(key)} ${fault}`,
    hint: 'Leave one, spelled as the OCI runtime specification does.',
  })
}
