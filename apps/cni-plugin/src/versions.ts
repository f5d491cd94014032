import {
  CniError,
  compareVersions,
  decodeError,
  goField,
  isSpecVersion,
  type SpecVersion,
  specVersions,
} from '@vethra/cni'
import { goKind } from './go-codes.ts'
import type { Call } from './request.ts'

const since: Readonly<Record<string, string>> = { CHECK: '0.4.0', GC: '1.1.0', STATUS: '1.1.0' }

// Those that have no place without a previous result.
const oldest: Readonly<Record<string, SpecVersion>> = {
  bandwidth: '0.3.0',
  vrf: '0.3.1',
  firewall: '0.4.0',
}

/** The SPEC versions that the plugin of a name knows, ascending: those of its original, and what came later. */
export function versionsOf(name: string): readonly SpecVersion[] {
  return specVersions.slice(specVersions.indexOf(oldest[name] ?? '0.1.0'))
}

/** The version of the request, default 0.1.0. Throws CniError 1 when it is unsupported, 6 when it is no version (libcni, pkg/skel). */
export function checkVersion(name: string, { command, conf }: Call): SpecVersion {
  const value = goField(conf, 'cniVersion') ?? ''
  if (typeof value !== 'string') {
    const why = `json: cannot unmarshal ${goKind(value)} into Go struct field .cniVersion of type string`
    throw decodeError(`decoding version from network config: ${why}`)
  }
  const version = value || '0.1.0'
  const minimum = since[command]
  if (minimum !== undefined) checkAge(version, minimum, command)
  const versions = versionsOf(name)
  if (isSpecVersion(version) && versions.includes(version)) return version
  const known = versions.map((each) => JSON.stringify(each)).join(' ')
  throw new CniError({
    code: 1,
    message: 'incompatible CNI versions',
    details: `config is ${JSON.stringify(version)}, plugin supports [${known}]`,
  })
}

function checkAge(version: string, minimum: string, command: string): void {
  const age = compareVersions(version, minimum)
  if (Number.isNaN(age)) throw decodeError(notVersion(version))
  if (age < 0) throw new CniError({ code: 1, message: `config version does not allow ${command}` })
  if (compareVersions(version, specVersions.at(-1) ?? '') > 0)
    throw new CniError({ code: 1, message: `plugin version does not allow ${command}` })
}

function notVersion(version: string): string {
  const parts = version.split('.')
  const index = parts.findIndex((part) => !/^[+-]?\d+$/.test(part))
  const name = ['major', 'minor', 'micro'][index]
  const part = JSON.stringify(parts[index] ?? version)
  return name === undefined
    ? `invalid version ${JSON.stringify(version)}: too many parts`
    : `failed to convert ${name} version part ${part}: strconv.Atoi: parsing ${part}: invalid syntax`
}
