import type { RepairOf } from '@vethra/findings'
import { bridgeName, networkBridge, networksFromFiles } from '@vethra/networks'
import { tellNetwork } from '../tell.ts'
import { livingRecord } from './alive.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { lostNetworks } from './lost-networks.ts'
import { readNetworks } from './read-networks.ts'

/** Writes the conf list of a network again, byte for byte as it was at the ADD of a container that lives. */
export async function restoreNetwork(
  tools: DoctorTools,
  { attachment: key }: RepairOf<'restore-network'>,
): Promise<Applied> {
  const { host, inNamespace } = tools
  const [cached, record] = [await host.cache.read(key), await livingRecord(host, key)]
  const former = networksFromFiles([{ file: key.network, text: cached?.listText ?? '' }]).networks
  const network = former.find(({ name, managed }) => managed && name === key.network)
  if (record === undefined || network === undefined) return ended
  const namespace = record.container?.namespace || 'default'
  // Where only its namespace could see it, its bridge may have a name that tells.
  const isOwn = networkBridge(network) === bridgeName(network.name, namespace)
  const { networks } = await inNamespace(isOwn ? namespace : 'default')
  return networks.exclusively(async () => {
    const now = await readNetworks(tools, await tools.namespaces())
    if (now.networks.some(({ name }) => name === network.name))
      return 'a conf list defines it again'
    await networks.create(network.name, network.list.text)
    await tellNetwork(host, 'network-created', network.name)
    return undefined
  })
}

/** Writes the conf list of a network again as it was kept, for the containers of DATA_STORE that want it. */
export async function restoreKeptNetwork(
  tools: DoctorTools,
  { network, file }: RepairOf<'restore-kept-network'>,
): Promise<Applied> {
  const namespaces = await tools.namespaces()
  for (const namespace of namespaces) {
    const { networks } = await tools.inNamespace(namespace)
    if (!(await networks.kept()).some((each) => each.file === file)) continue
    return networks.exclusively(async () => {
      const now = await readNetworks(tools, namespaces)
      const [lost] = (await lostNetworks(tools, namespaces, now.networks)).filter(
        (each) => each.file === file,
      )
      if (lost === undefined || lost.inTheWay !== undefined || !(await networks.restore(file)))
        return ended
      await tellNetwork(tools.host, 'network-created', network)
      return undefined
    })
  }
  return ended
}
