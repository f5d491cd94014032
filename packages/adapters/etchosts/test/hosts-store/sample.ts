import type { ContainerNames } from '@vethra/names'

/** A container with the hostname `h-ID`, in the networks given by their addresses. */
export function container(
  id: string,
  networks: Readonly<Record<string, readonly string[]>>,
  changes: Partial<ContainerNames> = {},
): ContainerNames {
  const results = Object.entries(networks).map(([ref, addresses]) => {
    const ips = addresses.map((address) => ({ address }))
    return [ref, { cniVersion: '1.0.0', interfaces: [], ips, routes: [], dns: {} }] as const
  })
  const networksOf = Object.fromEntries(results)
  return { id, name: '', hostname: `h-${id}`, extraHosts: [], networks: networksOf, ...changes }
}

/** The rows of a file that say something: where a store keeps room, in blank rows or comments without words, is its own matter. */
export function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter((row) => row.trim() !== '' && !/^#-*$/.test(row))
}

/** The managed rows of a file without markers and localhost, each as address and names. */
export function entriesOf(text: string): readonly string[] {
  const rows = rowsOf(text)
  const managed = rows.slice(rows.indexOf('# <nerdctl>') + 1, rows.indexOf('# </nerdctl>'))
  return managed.slice(2).map((row) => row.split(/\s+/).join(' '))
}
