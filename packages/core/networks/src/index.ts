/** Networks as values: wishes to the conf list that nerdctl would write, and conf lists back. Not for folders, nor the host. */
export {
  hangsAtLoopback,
  ipamDataDirs,
  networkBridge,
  networkParent,
  networkPlugins,
  networkSubnets,
  usedPrefixes,
} from './anatomy.ts'
export { checkWishes, type Wishes } from './check-wishes.ts'
export { chooseSubnet, overlapWith, type UsedPrefix } from './choose-subnet.ts'
export { networkConfList } from './conf-list.ts'
export { defaultNetwork } from './default-network.ts'
export { dnsAddresses, isInternal, lentAddresses } from './dns-place.ts'
export * from './find.ts'
export { bridgeName, checkName, defaultNetworkName, networkId } from './identity.ts'
export { createLine } from './import/create-line.ts'
export { networkDifferences } from './import/differences.ts'
export { readDockerNetworks } from './import/docker.ts'
export {
  checkSubnets,
  type ForeignNetwork,
  type Lost,
  withoutNetworks,
} from './import/foreign-network.ts'
export { readNerdctlNetworks } from './import/nerdctl.ts'
export { readPodmanNetwork } from './import/podman.ts'
export { readPodmanConfLists } from './import/podman-conf-lists.ts'
export * from './inspect.ts'
export { type FirewallAnswers, isolationSupport, wantsIsolation } from './isolation.ts'
export { modeNetwork, networkModes } from './modes.ts'
export { type Network, networksFromFiles } from './network.ts'
export type { Driver, NetworkFacts, NetworkOptions, NewConfList } from './options.ts'
export { type NetworkOrigin, networkOrigin } from './origin.ts'
export { readPairs } from './pairs.ts'
export { wantedAddresses } from './wanted-addresses.ts'
