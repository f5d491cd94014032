import type { CniError, Result } from '@vethra/cni'
import type { ContainerNames } from '../src/index.ts'

/** A result that holds addresses alone: what names are made from. */
export function resultOf(...addresses: readonly string[]): Result {
  const ips = addresses.map((address) => ({ address }))
  return { cniVersion: '1.0.0', interfaces: [], ips, routes: [], dns: {} }
}

/** A container with the hostname `h-ID` and no name, in the networks given by their addresses. */
export function container(
  id: string,
  changes: Partial<ContainerNames> = {},
  networks: Readonly<Record<string, readonly string[]>> = {},
): ContainerNames {
  const results = Object.entries(networks).map(([ref, list]) => [ref, resultOf(...list)] as const)
  return {
    id,
    name: '',
    hostname: `h-${id}`,
    extraHosts: [],
    networks: Object.fromEntries(results),
    ...changes,
  }
}

/** What a function throws; undefined when it does not. */
export function thrown(run: () => unknown): CniError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as CniError
  }
}

/** The rows of a file that say something, without blanks at their ends. */
export function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter((row) => row.trim() !== '')
}
