import { attempt, type CniError, invalidFileError, usageError } from '@vethra/cni'
import { checkDns, checkDomain, checkHostname, parseExtraHost } from '@vethra/names'
import { checkIpv4, checkIpv6, parseMac } from '../addresses.ts'
import type { BundleFlags } from '../bundle-flags.ts'
import { checkName } from '../check-names.ts'
import { parseNetworkFlag } from '../network-flag.ts'
import { parsePortSpec } from '../port-spec.ts'

/** An annotation of a bundle that asks an OCI runtime for something, and the flag that says the same. */
interface Row {
  readonly key: `vethra.${string}`
  readonly flag: keyof BundleFlags
  /** Between several values; absent where there is one. */
  readonly separator?: ';' | ','
  /** Throws CniError for a value that cannot be. */
  readonly check: (value: string) => void
}

/** The one table of annotations, in the order of docs/runtimes.md. */
const runtimeAnnotations: readonly Row[] = [
  { key: 'vethra.network', flag: 'network', separator: ';', check: parseNetworkFlag },
  { key: 'vethra.ports', flag: 'publish', separator: ',', check: parsePortSpec },
  { key: 'vethra.name', flag: 'name', check: checkName },
  { key: 'vethra.hostname', flag: 'hostname', check: checkHostname },
  { key: 'vethra.domainname', flag: 'domainname', check: checkDomain },
  { key: 'vethra.alias', flag: 'networkAlias', separator: ',', check: checkHostname },
  { key: 'vethra.ip', flag: 'ip', check: (value) => checkIpv4('vethra.ip', value) },
  { key: 'vethra.ip6', flag: 'ip6', check: (value) => checkIpv6('vethra.ip6', value) },
  { key: 'vethra.mac', flag: 'macAddress', check: (value) => parseMac('vethra.mac', value) },
  {
    ...{ key: 'vethra.dns', flag: 'dns', separator: ',' },
    check: (value) => checkDns({ servers: [value] }, 'cli'),
  },
  {
    ...{ key: 'vethra.dns-search', flag: 'dnsSearch', separator: ',' },
    check: (value) => checkDns({ search: [value] }, 'cli'),
  },
  {
    ...{ key: 'vethra.dns-option', flag: 'dnsOption', separator: ',' },
    check: (value) => checkDns({ options: [value] }, 'cli'),
  },
  {
    ...{ key: 'vethra.add-host', flag: 'addHost', separator: ',' },
    check: (value) => parseExtraHost(value, '192.0.2.1'),
  },
  { key: 'vethra.uts', flag: 'uts', check: checkUts },
]

/** The annotation that says the same as a flag. */
export function annotationOf(flag: keyof BundleFlags): string {
  return runtimeAnnotations.find((row) => row.flag === flag)?.key ?? flag
}

/** Characters in one value, and values in one list: a container has some dozens of networks at the most. */
const longest = 4096
const mostValues = 64

/** The flags that annotations stand for; undefined where none begins with `vethra.`. Throws CniError 107 naming an invalid annotation. */
export function flagsOfAnnotations(
  id: string,
  annotations: Readonly<Record<string, unknown>>,
): BundleFlags | undefined {
  const asked = Object.entries(annotations).filter(([key]) => key.startsWith('vethra.'))
  if (asked.length === 0) return undefined
  const none = { id, network: [], publish: [], dnsOption: [], addHost: [], networkAlias: [] }
  return { ...none, ...Object.fromEntries(asked.map(([key, value]) => readOne(key, value))) }
}

function readOne(key: string, value: unknown): readonly [string, string | readonly string[]] {
  const row = runtimeAnnotations.find((each) => each.key === key)
  if (row === undefined) throw wrong(key, 'is unknown')
  if (typeof value !== 'string') throw wrong(key, 'is no text')
  if (value.length > longest) throw wrong(key, `is longer than ${longest} characters`)
  const { flag, separator } = row
  const values = separator === undefined ? [value] : value.split(separator)
  if (values.length > mostValues) throw wrong(key, `has more than ${mostValues} values`)
  const trimmed = values.map((each) => each.trim())
  for (const each of trimmed) checkValue(row, each)
  return [flag, separator === undefined ? (trimmed[0] ?? '') : trimmed]
}

function checkValue({ key, check }: Row, value: string): void {
  const checked = () => check(value)
  attempt(checked, (cause) => {
    throw wrong(key, `cannot be ${JSON.stringify(value.slice(0, 128))}`, cause)
  })
}

function checkUts(value: string): void {
  if (value === 'host') return
  throw usageError('the only value is host')
}

function wrong(key: string, fault: string, cause?: CniError): CniError {
  return invalidFileError(`annotation ${key.slice(0, 128)} ${fault}`, {
    hint: 'Correct it where the container is created: docs/runtimes.md lists annotations and their values.',
    cause,
  })
}
