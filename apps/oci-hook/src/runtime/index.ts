/** The OCI runtime in front of the real one. Not its hooks: those are `@vethra/oci-hook`. */
export { main } from './main.ts'
export type { RuntimeHost } from './runtime-host.ts'
