/** resolv.conf, hosts, hostname and meta.json: names checked, files parsed, merged and rendered. Not for reading or writing files. */
export { checkDomain, checkHostname } from './check-host.ts'
export { checkNames } from './check-names.ts'
export { type ContainerDnsInput, containerResolvConf } from './container-dns.ts'
export type { ContainerNames, ExtraHost } from './container-names.ts'
export { parseExtraHost } from './extra-host.ts'
export { type Excess, fitHosts, type HostsFit, hostsLimit } from './fit-hosts.ts'
export type { HostEntry } from './host-entry.ts'
export { type Reach, reachableNameservers } from './host-nameservers.ts'
export { renderHostname } from './hostname-file.ts'
export type { KnownNetworks } from './known-networks.ts'
export { blockOf, type LineBlock } from './line-block.ts'
export { managedBlocks } from './managed-blocks.ts'
export { type NameBook, nameBook } from './name-book.ts'
export { type NameserverKind, nameserverKind } from './nameserver.ts'
export { networkKey } from './network-key.ts'
export { parseMeta } from './parse-meta.ts'
export { parseResolvConf, usesStub } from './parse-resolv-conf.ts'
export type { Patch } from './patches.ts'
export type { PeerGroup } from './peer-group.ts'
export { renderHosts } from './render-hosts.ts'
export { renderMeta } from './render-meta.ts'
export { type RenderOptions, renderResolvConf } from './render-resolv-conf.ts'
export {
  type DnsOptions,
  type DnsSource,
  type NetworkMode,
  type ResolvConf,
  type Sourced,
  values,
} from './resolv-conf.ts'
export { settleClaims } from './settle-claims.ts'
