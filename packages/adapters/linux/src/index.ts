/** The kernel of this host by /proc, `ip -j`, iptables and apparmor_parser, and its resolv.conf and hosts. Decides nothing. */
export {
  type AppArmorHost,
  type AppArmorHostOptions,
  appArmorHost,
} from './apparmor/apparmor-host.ts'
export type { AppArmorFacts } from './apparmor/profile-to-load.ts'
export { type DefaultRoute, defaultRoute } from './default-route.ts'
export { ephemeralPorts } from './ephemeral-ports.ts'
export { type HostFiles, hostName, readHostResolvConf, readHostsFile } from './host-files.ts'
export { hostPrefixes } from './host-prefixes.ts'
export { hostportTables } from './hostport-tables.ts'
export { iptablesRules } from './iptables/iptables-rules.ts'
export { isFrozen } from './is-frozen.ts'
export { isListening } from './is-listening.ts'
export { hostKernel } from './kernel.ts'
export { hostFeatures } from './kernel-features.ts'
export { linkCounters } from './link-counters.ts'
export { deleteLink, findLink, markLink } from './links.ts'
export { listeningPorts } from './listening-ports.ts'
export { bootOfHost } from './look-at-netns.ts'
export { namespaceFacts } from './namespace-facts.ts'
export { bringLoopbackUp, checkNetns, isNetns } from './netns.ts'
export { askFirewallPlugin } from './plugin-file.ts'
export { pluginFolders } from './plugin-folders.ts'
export { resolveAddress } from './resolve-address.ts'
export { signsOnHost } from './signs-of-life.ts'
export { socketHolders } from './socket-holders.ts'
export { taskState } from './task-state.ts'
