import { compareVersions, confError, specVersions } from '@vethra/cni'

const newest = specVersions[specVersions.length - 1] ?? '1.1.0'

/** The highest of `cniVersions` and `cniVersion` that is at most ours (SPEC 1.1.0), else `cniVersion` as it is. Throws CniError 7. */
export function selectVersion(cniVersion: string, cniVersions?: readonly string[]): string {
  if (cniVersions === undefined) return cniVersion
  if (cniVersion !== '') checkVersion(cniVersion, `invalid cniVersion ${cniVersion}`)
  for (const [index, version] of cniVersions.entries())
    checkVersion(version, `invalid cniVersions entry ${version} at index ${index}`)
  const candidates = [...cniVersions, ...(cniVersion === '' ? [] : [cniVersion])]
    .filter((version) => compareVersions(version, newest) <= 0)
    .sort(compareVersions)
  return candidates.at(-1) ?? cniVersion
}

function checkVersion(version: string, what: string): void {
  if (!Number.isNaN(compareVersions(version, newest))) return
  const parts = version.split('.')
  const bad = parts.findIndex((part) => !/^[+-]?\d+$/.test(part))
  const place = ['major', 'minor', 'micro'][bad]
  const why =
    parts.length > 3
      ? `invalid version "${version}": too many parts`
      : `failed to convert ${place} version part "${parts[bad]}": strconv.Atoi: parsing "${parts[bad]}": invalid syntax`
  throw confError(
    `error parsing configuration list: ${what}: ${why}`,
    'Write versions as three integers with dots between them, such as 1.0.0.',
  )
}
