/** The OCI runtime in front of the real one. Not its hooks: those are `@vethra/oci-hook`. */
export { main, type RuntimeHost } from './main.ts'
