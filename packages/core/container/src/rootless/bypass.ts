import {
  type CniError,
  goBool,
  invalidFileError,
  isTexts,
  type JsonObject,
  jsonOrNull,
  parsePrefix,
  passes,
} from '@vethra/cni'
import type { PortMapping } from '../port-mapping.ts'
import type { OciState } from '../state.ts'
import type { RootlessInfo } from './kit-answers.ts'

/** The wish of a container to have its connections made outside of RootlessKit, by bypass4netns. */
interface Bypass {
  /** Prefixes that connections inside of RootlessKit go to. */
  readonly ignoreSubnets: readonly string[]
}

const key = 'nerdctl/bypass4netns'

/** The wish in the annotations `nerdctl/bypass4netns…` (Go's ParseBool); undefined without one. Throws CniError 107 naming the annotation. */
export function bypassOf({ annotations }: Pick<OciState, 'annotations'>): Bypass | undefined {
  if (!readBool(key, annotations[key])) return undefined
  readBool(`${key}-ignore-bind`, annotations[`${key}-ignore-bind`])
  const subnets = annotations[`${key}-ignore-subnets`]
  return { ignoreSubnets: subnets ? readSubnets(`${key}-ignore-subnets`, subnets) : [] }
}

function readBool(name: string, value = 'false'): boolean {
  const read = goBool(value || 'false')
  if (read !== undefined) return read
  throw wrong(name, value)
}

/** So many prefixes are passed on. */
const most = 256

function readSubnets(name: string, text: string): readonly string[] {
  const value = jsonOrNull(text)
  if (!isTexts(value) || value.length > most) throw wrong(name, text)
  if (!value.every((each) => passes(() => parsePrefix(name, each)))) throw wrong(name, text)
  return value
}

function wrong(name: string, value: string): CniError {
  return invalidFileError(
    `annotation ${name} cannot be ${JSON.stringify(value.slice(0, 128))}`,
    'Give true or false, and subnets as a JSON array of at most 256 prefixes.',
  )
}

/** A container whose connections are to be made outside. */
interface BypassedContainer {
  readonly id: string
  /** The container's folder in DATA_STORE: the log goes there. */
  readonly stateDir: string
  /** `$XDG_RUNTIME_DIR`. */
  readonly runtimeDir: string
  readonly ports: readonly PortMapping[]
}

/** The request to bypass4netnsd's `POST /v1/bypass`. Bound sockets stay inside: RootlessKit forwards published ports. */
export function bypassRequest(
  { id, stateDir, runtimeDir, ports }: BypassedContainer,
  { ignoreSubnets }: Bypass,
  { childIP }: Pick<RootlessInfo, 'childIP'>,
): JsonObject {
  const place = `${runtimeDir}/bypass4netns/${id.slice(0, 15)}`
  const [, near] = /^(\d+\.\d+\.\d+)\.\d+$/.exec(childIP) ?? []
  return {
    id,
    socketPath: `${place}.sock`,
    pidFilePath: `${place}.pid`,
    logFilePath: `${stateDir}/bypass4netns.log`,
    portMapping: ports.map(({ protocol, hostIP, hostPort, containerPort }) => ({
      protos: [protocol],
      parentIP: hostIP,
      parentPort: hostPort,
      childPort: containerPort,
    })),
    ignoreSubnets: ['127.0.0.0/8', ...(near ? [`${near}.0/24`] : []), 'auto', ...ignoreSubnets],
    ignoreBind: true,
  }
}
