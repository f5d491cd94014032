import { parseRecord } from '@vethra/container'
import type { LostFile, RepairOf } from '@vethra/findings'
import { ipamDataDirs, type Network, networkSubnets } from '@vethra/networks'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools, NamespaceTools } from './doctor-tools.ts'
import type { SeenContainer } from './observe-containers.ts'
import { readNetworks } from './read-networks.ts'

/** The paths that are no files where host-local needs one for a network, or a container mounts one. Missing ones count for containers alone. */
export async function lostFiles(
  tools: DoctorTools,
  networks: readonly Network[],
  containers: readonly SeenContainer[],
): Promise<readonly LostFile[]> {
  const ofNetworks = networks
    .filter(({ managed }) => managed)
    .flatMap((each) => filesOf(each).map((path) => [path, { network: each.name }] as const))
  const byNamespace = Map.groupBy(containers, ({ observed }) => observed.namespace)
  const ofContainers = await Promise.all(
    [...byNamespace].map(async ([namespace, all]) => {
      const own = await tools.inNamespace(namespace)
      return all.flatMap((each) => mountedFiles(own, each))
    }),
  )
  const owners = new Map<string, { readonly network: string } | SeenContainer['observed']>([
    ...ofNetworks,
    ...ofContainers.flat(),
  ])
  const seen = await tools.kernel.irregular([...owners.keys()])
  return seen.flatMap((each): readonly LostFile[] => {
    const owner = owners.get(each.path)
    if (owner === undefined) return []
    if ('id' in owner) return [{ ...each, namespace: owner.namespace, id: owner.id }]
    // They are made when they are needed.
    return each.what === 'nothing' ? [] : [{ ...each, ...owner }]
  })
}

function filesOf(network: Network): readonly string[] {
  const last = networkSubnets(network).map((_, at) => `last_reserved_ip.${at}`)
  return ipamDataDirs(network).flatMap((dir) =>
    ['lock', ...last].map((file) => `${dir}/${network.name}/${file}`),
  )
}

function mountedFiles(
  { containers, hosts }: NamespaceTools,
  { observed, record }: SeenContainer,
): readonly (readonly [string, SeenContainer['observed']])[] {
  if (record === undefined || record.mode === 'container') return []
  const folder = containers.folder(observed.id)
  const names = record.hostname === '' ? ['resolv.conf'] : ['resolv.conf', 'hostname']
  const paths = [...names.map((name) => `${folder}/${name}`), hosts.path(observed.id)]
  return paths.map((path) => [path, observed] as const)
}

/** Puts an empty file in place of what is no file. Throws CniError 5 for a folder that holds something. */
export async function replaceFile(
  { files }: DoctorTools,
  { file }: RepairOf<'replace-file'>,
): Promise<void> {
  await files.write(file, '', { mode: 0o600, sync: false })
}

/** Writes what is mounted into a container again, as it was prepared. Throws CniError 5 for a folder that holds something. */
export async function restoreFiles(
  tools: DoctorTools,
  { namespace, id, files }: RepairOf<'restore-files'>,
): Promise<Applied> {
  const { containers, hosts } = await tools.inNamespace(namespace)
  const json = await containers.read(id, 'vethra.json')
  if (json === undefined) return ended
  for (const file of files) await tools.files.remove(file)
  const { networks } = await readNetworks(tools, [namespace])
  await tools.writeMounted(namespace, { ...parseRecord(json), id }, networks)
  const names = await hosts.read(id)
  if (names) await hosts.acquire(names)
}
