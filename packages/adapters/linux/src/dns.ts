/** DNS sockets of this host, to serve and to ask, and the memory of a process that serves long. An entry of its own, for bun alone. */
export { collectGarbage } from './dns/collect-in-bun.ts'
export { dnsSockets } from './dns/dns-sockets-in-bun.ts'
