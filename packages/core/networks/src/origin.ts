import { goField, jsonOrNull } from '@vethra/cni'
import { networkPlugins } from './anatomy.ts'
import type { Network } from './network.ts'

/** The maker of a network by its file: `own` for nerdctl and us, `nerdctl` before 1.0 (integer ids), `other` for a person or another tool. */
export type NetworkOrigin = 'own' | 'nerdctl' | 'containerd' | 'podman' | 'cri-o' | 'other'

// The names that these tools give, by their sources and packages: `10-containerd-net.conflist` with network
// containerd-net, `87-podman-bridge.conflist` with network podman, `11-crio-ipv4-bridge.conflist` with network crio.
const known: readonly (readonly [NetworkOrigin, RegExp])[] = [
  ['containerd', /(?:^|\/)\d*-?containerd-net\.|^containerd-net$/],
  ['podman', /(?:^|\/)\d*-?podman[^/]*\.|^podman\d*$/],
  ['cri-o', /(?:^|\/)\d*-?crio[^/]*\.|^crio$/],
]

/** The maker of a network. Only its file and its names are looked at: it is a hint for people. */
export function networkOrigin(network: Network): NetworkOrigin {
  if (network.managed) return 'own'
  if (typeof goField(jsonOrNull(network.list.text), 'nerdctlID') === 'number') return 'nerdctl'
  const found = known.find(([, sign]) => sign.test(network.file) || sign.test(network.name))
  // Podman's own plugin for names, gone since netavark.
  if (networkPlugins(network).includes('dnsname')) return 'podman'
  return found?.[0] ?? 'other'
}
