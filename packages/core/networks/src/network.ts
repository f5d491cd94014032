import {
  attempt,
  CniError,
  type ConfList,
  checkNetworkName,
  goField,
  ioError,
  jsonOrNull,
} from '@vethra/cni'
import { type ConfFileText, parseConfFile } from '@vethra/conflist'
import { nerdctlKey, ownKey } from './identity.ts'
import { isTextObject } from './read-json.ts'

/** A network as a file of the conf list folder defines it. */
export interface Network {
  readonly name: string
  /** `nerdctlID`, or `vethraID`; absent when there is none, or it is not a text (files of nerdctl 1.x have integers). */
  readonly id?: string
  /** `nerdctlLabels`, those that are hidden from people too; empty when there are none. */
  readonly labels: Readonly<Record<string, string>>
  /** The path of the file. */
  readonly file: string
  readonly list: ConfList
  /** When the file was last changed: RFC 3339, in UTC. Ours never change. */
  readonly modified?: string
  /** Whether nerdctl or we made it: it has an id. An unmanaged network is never changed. */
  readonly managed: boolean
}

/** The networks of the files that are in order, and what is wrong with the others. */
interface ReadNetworks {
  /** By path of the file; names may repeat. */
  readonly networks: readonly Network[]
  /** Each names its file. */
  readonly faults: readonly CniError[]
}

/** The networks that files define, in the order of paths. An unusable file is a fault and hides no other. */
export function networksFromFiles(files: readonly ConfFileText[]): ReadNetworks {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
  const read = sorted.map(readFile)
  return {
    networks: read.filter((each): each is Network => !(each instanceof CniError)),
    faults: read.filter((each): each is CniError => each instanceof CniError),
  }
}

function readFile({ file, text, modified, error }: ConfFileText): Network | CniError {
  if (text === undefined) return ioError(`cannot read ${file}`, { cause: error })
  const more = modified ? { modified } : {}
  const read = () => ({ ...readNetwork(file, parseConfFile(text, file)), ...more })
  return attempt(read, (cause) =>
    cause.message.includes(file)
      ? cause
      : new CniError({ code: cause.code, message: `cannot use ${file}`, cause }),
  )
}

function readNetwork(file: string, list: ConfList): Network {
  checkNetworkName(list.name)
  const json = jsonOrNull(list.text)
  const id = goField(json, nerdctlKey) ?? goField(json, ownKey)
  const labels = goField(json, 'nerdctlLabels') ?? {}
  const nerdctl =
    typeof id === 'string' && id !== '' && isTextObject(labels) ? { id, labels } : undefined
  return { name: list.name, labels: {}, file, list, managed: nerdctl !== undefined, ...nerdctl }
}
