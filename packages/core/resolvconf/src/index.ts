/**
 * resolv.conf: reads the host's, decides a container's from it and from what the operator said, and
 * renders it with the source of each line on demand. Not for reading or writing the files.
 */
export { type ContainerDnsInput, containerResolvConf } from './container.ts'
export { type Reach, reachableNameservers } from './host-nameservers.ts'
export { type NameserverKind, nameserverKind } from './nameserver.ts'
export { parseResolvConf, usesStub } from './parse.ts'
export { type RenderOptions, renderResolvConf } from './render.ts'
export {
  type DnsOptions,
  type DnsSource,
  type NetworkMode,
  type ResolvConf,
  type Sourced,
  values,
} from './resolv-conf.ts'
