import { isObject } from '@vethra/cni'

/** A part of a config.json, and where it is: `linux.namespaces[0]`. */
interface Part {
  readonly value: unknown
  readonly at: string
}

type Kind = 'array' | 'number' | 'object' | 'string'

/** The first fault of a config.json, by its key (OCI runtime-spec, config.md): `mounts[0].type must be string`; undefined for none. */
export function configFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'the whole must be object'
  const config = { value, at: '' }
  const [process, linux, hooks] = [
    partAt(config, 'process'),
    partAt(config, 'linux'),
    partAt(config, 'hooks'),
  ]
  return (
    missing(config, 'process', 'object') ??
    missing(config, 'linux', 'object') ??
    wrong(config, 'hooks', 'object') ??
    wrong(config, 'hostname', 'string') ??
    wrong(config, 'domainname', 'string') ??
    wrong(process, 'apparmorProfile', 'string') ??
    wrongItem(process, 'env', textFault) ??
    wrongItem(config, 'mounts', mountFault) ??
    wrongItem(hooks, 'prestart', hookFault) ??
    wrongItem(hooks, 'createRuntime', hookFault) ??
    wrongItem(hooks, 'poststop', hookFault) ??
    wrongItem(linux, 'namespaces', namespaceFault) ??
    wrongText(config, 'annotations', wrong) ??
    wrongText(linux, 'sysctl', missing)
  )
}

type Check = (part: Part) => string | undefined

const textFault: Check = ({ value, at }) =>
  typeof value === 'string' ? undefined : `${at} must be string`

const mountFault: Check = (mount) =>
  missing(mount, 'destination', 'string') ??
  wrong(mount, 'type', 'string') ??
  wrong(mount, 'source', 'string') ??
  wrongItem(mount, 'options', textFault)

const hookFault: Check = (hook) =>
  missing(hook, 'path', 'string') ??
  wrongItem(hook, 'args', textFault) ??
  wrongItem(hook, 'env', textFault) ??
  wrong(hook, 'timeout', 'number')

const namespaceFault: Check = (namespace) =>
  missing(namespace, 'type', 'string') ?? wrong(namespace, 'path', 'string')

function missing(holder: Part, key: string, must: Kind): string | undefined {
  if (!isObject(holder.value)) return `${holder.at} must be object`
  const value = holder.value[key]
  const is = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const isKind = is === must && (is !== 'number' || Number.isFinite(value))
  return isKind ? undefined : `${partAt(holder, key).at} must be ${must}`
}

// What may be absent may be null, too.
function wrong(holder: Part, key: string, must: Kind): string | undefined {
  const value = valueAt(holder, key)
  return value === undefined || value === null ? undefined : missing(holder, key, must)
}

function wrongItem(holder: Part, key: string, check: Check): string | undefined {
  const { value: list, at } = partAt(holder, key)
  if (!Array.isArray(list)) return wrong(holder, key, 'array')
  for (const [index, value] of list.entries()) {
    const fault = check({ value, at: `${at}[${index}]` })
    if (fault !== undefined) return fault
  }
  return undefined
}

function wrongText(holder: Part, key: string, check: typeof missing): string | undefined {
  const table = partAt(holder, key)
  if (!isObject(table.value)) return wrong(holder, key, 'object')
  const faults = Object.keys(table.value).map((each) => check(table, each, 'string'))
  return faults.find((each) => each !== undefined)
}

function valueAt({ value }: Part, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}

function partAt(holder: Part, key: string): Part {
  const isPlain = /^[a-zA-Z_]\w*$/.test(key)
  const name = isPlain ? `.${key}` : `[${JSON.stringify(key.slice(0, 64))}]`
  return { value: valueAt(holder, key), at: `${holder.at}${name}`.replace(/^\./, '') }
}
