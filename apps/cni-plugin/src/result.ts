import {
  attempt,
  CniError,
  type JsonObject,
  type Result,
  renderResult,
  type SpecVersion,
} from '@vethra/cni'

/** The result of an IPAM plugin: no interfaces, and `dns` in every version, as the reference plugins print it. */
export function ipamResult(
  result: Pick<Result, 'ips' | 'routes' | 'dns'>,
  cniVersion: SpecVersion,
): JsonObject {
  const { json } = inGoWords(() =>
    renderResult({ ...result, cniVersion, interfaces: [] }, cniVersion),
  )
  return { ...json, dns: json['dns'] ?? {} }
}

/** Runs what complains of a conf or a result; the reference plugins give such errors no code of their own: 999. */
export function inGoWords<T>(work: () => T): T {
  return attempt(work, (cause) => {
    throw new CniError({ code: 999, message: cause.message, cause })
  })
}
