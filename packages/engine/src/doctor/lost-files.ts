import type { ContainerRef } from '@vethra/cni'
import type { LostFile } from '@vethra/findings'
import { ipamDataDirs, type Network, networkSubnets } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'
import type { SeenContainer } from './observe-containers.ts'

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
  const owners = new Map<string, { readonly network: string } | ContainerRef>(ofNetworks)
  for (const [namespace, all] of byNamespace) {
    const hosts = await tools.hosts(namespace)
    for (const { observed, record } of all)
      if (record !== undefined && record.mode !== 'container') {
        const folder = tools.containers(namespace).folder(observed.id)
        const names = record.hostname === '' ? ['resolv.conf'] : ['resolv.conf', 'hostname']
        for (const name of names) owners.set(`${folder}/${name}`, observed)
        owners.set(hosts.path(observed.id), observed)
      }
  }
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
