import {
  CniError,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  confError,
  decodeError,
  goField,
  type JsonObject,
  parseJsonOr,
} from '@vethra/cni'
import type { Io } from '@vethra/world'
import { goKind } from './go-codes.ts'

/** The operations of a plugin, VERSION aside. */
type Command = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS'

/** The part of the caller that a plugin sees. */
export type PluginIo = Pick<Io, 'env' | 'readStdin' | 'write' | 'complain'>

/** One call of a plugin, as it was made. */
export interface Call {
  readonly command: Command
  /** Empty where the operation has none. */
  readonly containerId: string
  readonly netns: string
  readonly ifname: string
  /** `CNI_ARGS`. */
  readonly args: string
  /** The folders of `CNI_PATH`. */
  readonly path: readonly string[]
  /** Whether the namespace may be the plugin's own. */
  readonly netnsOverride: boolean
  /** The name of the network. */
  readonly network: string
  /** The request configuration. */
  readonly conf: JsonObject
  /** The request configuration as it was sent. */
  readonly text: string
}

// Which variables an operation can't do without (libcni, pkg/skel).
const attachment = ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH']
const required: ReadonlyMap<string, readonly string[]> = new Map([
  ['ADD', [...attachment, 'CNI_NETNS']],
  ['CHECK', [...attachment, 'CNI_NETNS']],
  ['DEL', attachment],
  ['GC', ['CNI_PATH']],
  ['STATUS', ['CNI_PATH']],
])
const order = ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH']

/** Reads environment and standard input. Throws CniError 4, 6 and 7 with the texts of libcni's pkg/skel, in its order. */
export async function readCall(io: PluginIo): Promise<Call> {
  const variable = (name: string) => io.env[name] ?? ''
  const command = variable('CNI_COMMAND')
  checkEnvironment(required.get(command) ?? [], variable)
  const text = await io.readStdin()
  const conf = readConf(text)
  const network = networkOf(conf)
  if (!isCommand(command))
    throw new CniError({ code: 4, message: `unknown CNI_COMMAND: ${command}` })
  return {
    command,
    containerId: variable('CNI_CONTAINERID'),
    netns: variable('CNI_NETNS'),
    ifname: variable('CNI_IFNAME'),
    args: variable('CNI_ARGS'),
    path: variable('CNI_PATH').split(':'),
    netnsOverride: ['TRUE', '1'].includes(variable('CNI_NETNS_OVERRIDE').toUpperCase()),
    network,
    conf,
    text,
  }
}

function isCommand(text: string): text is Command {
  return required.has(text)
}

function checkEnvironment(needed: readonly string[], variable: (name: string) => string): void {
  const missing: string[] = []
  for (const name of order.filter((each) => needed.includes(each))) {
    const value = variable(name)
    if (value === '') missing.push(name)
    else if (name === 'CNI_CONTAINERID') checkContainerId(value)
    else if (name === 'CNI_IFNAME') checkIfname(value)
  }
  if (missing.length === 0) return
  throw new CniError({ code: 4, message: `required env variables [${missing}] missing` })
}

function readConf(text: string): JsonObject {
  const value = parseJsonOr(text, (cause) => undecodable(jsonFault(text), cause))
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  throw undecodable(
    `json: cannot unmarshal ${goKind(value)} into Go value of type struct { Name string "json:\\"name\\"" }`,
  )
}

/** The commonest faults in Go's words; any other in the engine's. */
function jsonFault(text: string): string {
  const trimmed = text.trim()
  const [first = ''] = trimmed
  if (trimmed === '' || (/^[[{]/.test(trimmed) && !/[\]}]/.test(trimmed)))
    return 'unexpected end of JSON input'
  return /[[{"\-\dtfn]/.test(first)
    ? 'it is not JSON'
    : `invalid character '${first}' looking for beginning of value`
}

function networkOf(conf: JsonObject): string {
  const name = goField(conf, 'name') ?? ''
  if (typeof name !== 'string')
    throw undecodable(
      `json: cannot unmarshal ${goKind(name)} into Go struct field .name of type string`,
    )
  if (name === '') throw confError('missing network name')
  checkNetworkName(name)
  return name
}

function undecodable(why: string, cause?: unknown): CniError {
  return decodeError(`error unmarshall network config: ${why}`, { cause })
}
