/** DNS sockets of this host: to serve, and to ask. An entry of its own, for bun alone. */
export { dnsSockets } from './dns/dns-sockets-in-bun.ts'
