/** Texts of the reference plugins that callers or their tests look at. All else that fails has our own words. */
export const words = {
  hairpinAndPromiscuous: 'cannot set hairpin mode and promiscuous mode at the same time',
  unknownIpMasqBackend: (name: string) => `unknown ipmasq backend ${JSON.stringify(name)}`,
  ipamWithoutInterface: 'cannot use IPAM when DisableContainerInterface flag is set',
  invalidVlan: (id: number) => `invalid VLAN ID ${id} (must be between 0 and 4094)`,
  noVlanMaster:
    '"master" field is required. It specifies the host interface name to create the VLAN for.',
  invalidTrunk: (key: 'minID' | 'maxID' | 'id') => `incorrect trunk ${key} parameter`,
  trunkWithout: (key: 'minID' | 'maxID') =>
    `minID and maxID should be configured simultaneously, ${key} is missing`,
  trunkBackwards: 'minID is greater than maxID in trunk parameter',
  unknownPortmapBackend: (name: string) => `unrecognized backend ${JSON.stringify(name)}`,
  otherBackend: (backend: string, keys: readonly string[]) =>
    `${backend} backend was requested but configuration contains ${backend === 'iptables' ? 'nftables' : 'iptables'}-specific options [${keys.join(' ')}]`,
  invalidMarkBit: 'MasqMarkBit must be between 0 and 31',
  markBitAndChain: 'Cannot specify externalSetMarkChain and markMasqBit',
  invalidPort: (whose: string, port: number) => `Invalid ${whose} port number: ${port}`,
  rateWithoutBurst: 'if rate is set, burst must also be set',
  burstWithoutRate: 'if burst is set, rate must also be set',
  burstTooLarge: 'burst cannot be more than 4GB',
  shapedAndUnshaped:
    'unshapedSubnets and shapedSubnets cannot be both specified, one of them should be discarded',
  badSubnet: (subnet: string) =>
    `bad subnet ${JSON.stringify(subnet)} provided, details invalid CIDR address: ${subnet}`,
  noInterfaces: 'no interfaces provided',
  noVeth: (ifname: string) =>
    `container interface ${ifname} has no veth peer: no interface of the host leads to it`,
  noPeer: 'no veth peer of container interface found in host ns',
  noTuned: (ifname: string) => `failed to get ${JSON.stringify(ifname)}: Link not found`,
  noLink: (ifname: string) => `Cannot find container link ${ifname}`,
  noSubnetRoute: (gateway: string, ifname: string) =>
    `Failed to find Gateway ${gateway} for interface ${ifname}`,
  duplicateSysctl: 'duplicated sysctl keys are not allowed',
  noAddresses: (ifname: string) => `No IP addresses supplied on interface: ${ifname}`,
  otherVrfTable: (name: string, table: number) =>
    `VRF ${name} already exist with different routing table ${table}`,
  noChainedMaster: 'chained master failure. PrevResult lacks a single named interface',
  noIpam: 'no plugin name provided',
  noLeasedAddresses: 'IPAM plugin returned missing IP config',
  invalidSysctl: (key: string) => `invalid net sysctl key: ${JSON.stringify(key)}`,
  refusedSysctl: (key: string, list: readonly string[]) =>
    `Sysctl ${key} is not allowed. Only the following sysctls are allowed: [${list.join(' ')}]`,
  taken: (ifname: string) => `container veth name (${JSON.stringify(ifname)}) already exists`,
  noPrevious: 'Required prevResult missing',
  noEarlierResult: 'missing prevResult from earlier plugin',
  notChained: 'must be called as a chained plugin',
  otherSandbox: (sandbox: string, netns: string) =>
    `Sandbox in prevResult ${sandbox} doesn't match configured netns: ${netns}`,
  noBridge: (policy: string) =>
    `interface needs to be set for ingress policy ${JSON.stringify(policy)}, make sure to chain "firewall" plugin with "bridge"`,
  notLoopback: (address: string) =>
    `loopback interface found with non-loopback address ${JSON.stringify(address)}`,
  mtuAboveMaster: (mtu: number, most: number) =>
    `invalid MTU ${mtu}, must be [0, master MTU(${most})]`,
  badKernelPath: (path: string) =>
    `failed to find host device: kernel device path ${JSON.stringify(path)} must be absolute and begin with /sys/devices/`,
  dummyNeedsIpam: 'dummy interface requires an IPAM configuration',
} as const
