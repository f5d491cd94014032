import { isObject, jsonOrNull } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { networkBridge, networkPlugins } from '../anatomy.ts'
import type { Network } from '../network.ts'
import { objectOf, textsOf, unknownParts } from './fields.ts'
import { type ForeignNetwork, type Lost, lost } from './foreign-network.ts'
import { readConfLists, readNetwork } from './nerdctl.ts'

/** The networks of a Podman with CNI, in order, without those of nerdctl, containerd and CRI-O; an unusable file is refused. */
export function readPodmanConfLists(files: readonly ConfFileText[]): readonly ForeignNetwork[] {
  return readConfLists(files, {
    makes: (origin) => origin === 'podman' || origin === 'other',
    otherwise: 'Podman did not make it',
    read: readPodmanConfList,
  })
}

function readPodmanConfList(network: Network): ReturnType<typeof readNetwork> {
  const { options, lost: parts } = readNetwork(network)
  const list = jsonOrNull(network.list.text)
  const args = isObject(list) ? objectOf(list, 'args') : {}
  const hasNames = networkPlugins(network).includes('dnsname')
  const isOpenBridge = options.driver === 'bridge' && !options.internal
  return {
    options: {
      ...options,
      labels: textsOf(args, 'podman_labels'),
      options: {
        ...options.options,
        ...(isOpenBridge && !hasNames ? { 'vethra.dns': 'false' } : {}),
      },
    },
    lost: [
      ...parts.filter(({ field }) => field !== 'args'),
      // Podman's options are in the plugins, too.
      ...unknownParts(args, ['podman_labels', 'podman_options']),
      ...bridgeLost(networkBridge(network)),
    ],
  }
}

function bridgeLost(bridge: string | undefined): readonly Lost[] {
  if (bridge === undefined || /^cni-podman\d+$/.test(bridge)) return []
  return [lost('bridge.bridge', bridge, 'Vethra chooses the name of the bridge')]
}
