import { type ContainerRef, onCniError } from '@vethra/cni'
import type { LostFile, SeenPath } from '@vethra/findings'
import { ipamDataDirs, type Network, networkSubnets } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'
import type { SeenContainer } from './observe-containers.ts'
import { isFor, type Scope } from './scope.ts'

/** The paths that are no files where host-local needs one for a network, or a container mounts one. Missing ones count for containers alone. */
export async function lostFiles(
  tools: DoctorTools,
  scope: Scope | undefined,
  {
    networks,
    containers,
  }: { readonly networks: readonly Network[]; readonly containers: readonly SeenContainer[] },
): Promise<readonly LostFile[]> {
  if (!isFor(scope, 'replace-file', 'restore-files')) return []
  const ofNetworks = networks.filter(({ managed }) => managed).flatMap(filesOf)
  const byNamespace = Map.groupBy(containers, ({ observed }) => observed.namespace)
  const owners = new Map<string, OfNetwork | ContainerRef>(ofNetworks)
  for (const [namespace, all] of byNamespace) {
    const [store, hosts] = [tools.containers(namespace), await tools.hosts(namespace)]
    for (const { observed, record } of all)
      if (record !== undefined && record.mode !== 'container') {
        const folder = store.folder(observed.id)
        const named = record.hostname === '' ? [] : ['hostname']
        for (const name of ['resolv.conf', 'network-config.json', ...named])
          owners.set(`${folder}/${name}`, observed)
        owners.set(hosts.path(observed.id), observed)
      }
  }
  const seen = await tools.kernel.whatIsAt([...owners.keys()])
  return seen.flatMap((each): readonly LostFile[] => {
    const owner = owners.get(each.path)
    if (owner === undefined) return []
    if ('network' in owner) return isInTheWay(each, owner) ? [{ ...each, ...owner }] : []
    // What a hosts file says is compared by itself.
    if (each.what === 'a file' || (each.what === 'an empty file' && /hosts$/.test(each.path)))
      return []
    return [{ ...each, namespace: owner.namespace, id: owner.id }]
  })
}

/** Where something else is than the folders of state, or the file of events: nothing else can be looked at before. */
export async function lostFolders({
  kernel,
  folders,
  host: { places },
  namespaces,
}: DoctorTools): Promise<readonly LostFile[]> {
  const inStore = await namespaces().catch(onCniError(() => []))
  const owners = new Map<string, OfNetwork>([[`${places.runtime}/events`, { network: '' }]])
  for (const { path, lasting, folders: names } of folders()) {
    const below = names.map((each) => `${path}/${each}`)
    const inEach = path === places.dataStore ? below : []
    const deeper = inEach.flatMap((folder) => inStore.map((name) => `${folder}/${name}`))
    for (const each of [path, ...below, ...deeper])
      owners.set(each, { network: '', isFolder: true, keep: lasting })
  }
  const seen = await kernel.whatIsAt([...owners.keys()])
  return seen.flatMap((each) => {
    const owner = owners.get(each.path)
    return owner && isInTheWay(each, owner) ? [{ ...each, ...owner }] : []
  })
}

type OfNetwork = Omit<Extract<LostFile, { network: string }>, keyof SeenPath>

// What is missing is made when it is needed.
function isInTheWay({ what }: SeenPath, { isFolder }: OfNetwork): boolean {
  const right = isFolder ? ['a folder', 'a link to a folder'] : ['a file', 'an empty file']
  return what !== 'nothing' && !right.includes(what)
}

function filesOf(network: Network): readonly (readonly [string, OfNetwork])[] {
  const { name } = network
  const last = networkSubnets(network).map((_, at) => `last_reserved_ip.${at}`)
  return ipamDataDirs(network).flatMap((dir) => [
    [`${dir}/${name}`, { network: name, isFolder: true }] as const,
    ...['lock', ...last].map((file) => [`${dir}/${name}/${file}`, { network: name }] as const),
  ])
}
