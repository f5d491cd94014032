import { isIn } from '@vethra/address'
import { CniError, parseAddress } from '@vethra/cni'
import { bridgeName, networkBridge, networkSubnets, networksFromFiles } from '@vethra/networks'
import { emitNetwork } from '../emit-events.ts'
import { type Appliers, ended, livingRecord } from './appliers.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { lostNetworks, readNetworks } from './read-networks.ts'

/** The repairs of networks: their conf lists, bridges, reservations and files. */
export const networkAppliers: Pick<
  Appliers,
  | 'release-address'
  | 'replace-file'
  | 'reserve-address'
  | 'restore-bridge'
  | 'restore-kept-network'
  | 'restore-network'
> = {
  'restore-bridge': ({ kernel }, { bridge }) => kernel.restoreBridge(bridge),

  // Throws CniError 5 for a folder that holds something.
  async 'replace-file'({ files }, { file, isFolder }) {
    await files.remove(file)
    return isFolder
      ? files.makeFolder(file, 0o700)
      : files.append(file, '', { mode: 0o600, sync: false })
  },

  // Byte for byte as it was at the ADD of a container that lives.
  async 'restore-network'(tools, { attachment: key }) {
    const { host } = tools
    const [cached, record] = [await host.cache.read(key), await livingRecord(tools, key)]
    const former = networksFromFiles([{ file: key.network, text: cached?.listText ?? '' }]).networks
    const network = former.find(({ name, managed }) => managed && name === key.network)
    if (record === undefined || network === undefined) return ended
    const namespace = record.container?.namespace || 'default'
    // Where only its namespace could see it, its bridge may have a name that tells.
    const isOwn = networkBridge(network) === bridgeName(network.name, namespace)
    const networks = tools.networks(isOwn ? namespace : 'default')
    return networks.exclusively(async () => {
      const now = await readNetworks(tools, await tools.namespaces())
      if (now.networks.some(({ name }) => name === network.name))
        return 'a conf list defines it again'
      await networks.create(network.name, network.list.text)
      return emitNetwork(host, 'network-created', network.name)
    })
  },

  // As it was kept, for the containers of DATA_STORE that want it.
  async 'restore-kept-network'(tools, { network, file }) {
    const namespaces = await tools.namespaces()
    for (const namespace of namespaces) {
      const networks = tools.networks(namespace)
      if (!(await networks.kept()).some((each) => each.file === file)) continue
      return networks.exclusively(async () => {
        const now = await readNetworks(tools, namespaces)
        const all = await lostNetworks(tools, namespaces, now.networks)
        const lost = all.find((each) => each.file === file)
        if (!lost || lost.inTheWay !== undefined || !(await networks.restore(file))) return ended
        return emitNetwork(tools.host, 'network-created', network)
      })
    }
    return ended
  },

  // Unless its reservation is another by now.
  async 'release-address'({ ipam }, { dataDir, network, reservation }) {
    const freed = await (await ipam(dataDir)).drop(network, [reservation])
    return freed.length > 0 ? undefined : ended
  },

  // Throws CniError 102 when another container has it meanwhile.
  async 'reserve-address'(tools, { attachment, dataDir, address }) {
    const { network, containerId, ifname } = attachment
    const set = await setOf(tools, network, address)
    const wanted = parseAddress('address', address)
    const store = await tools.ipam(dataDir)
    // What is there, and is no reservation, is in the way.
    await store.drop(network, [{ address, containerId: '', sinceMs: 0 }])
    const claim = { containerId, ifname, set, candidates: () => [wanted] }
    if ((await store.reserveFirst(network, claim)).kind === 'reserved') return undefined
    const there = (await store.list(network)).find((each) => each.address === address)
    // Attaching it again, right before, has done it.
    if (there?.containerId === containerId) return ended
    throw new CniError({
      code: 102,
      message: `address ${address} of network ${network} is reserved for container ${there?.containerId ?? ''}`,
      hint: `Stop and start container ${containerId}: it gets another address.`,
    })
  },
}

// What is remembered as the last of a set must be of that set.
async function setOf(tools: DoctorTools, network: string, address: string): Promise<number> {
  const { networks } = await readNetworks(tools, await tools.namespaces())
  const found = networks.find(({ name }) => name === network)
  const subnets = found ? networkSubnets(found) : []
  const at = subnets.findIndex(({ subnet }) => isIn(subnet, address))
  return Math.max(at, 0)
}
