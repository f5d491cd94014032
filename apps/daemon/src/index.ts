/**
 * The daemon: an HTTP API on a unix socket, and a loop that holds the host against what should be and
 * repairs it. Not needed by anything else: commands and the hook work without it.
 */
export { main } from './main.ts'
