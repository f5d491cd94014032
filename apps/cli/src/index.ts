/** The commands that people type. Not what an OCI runtime calls: that is `@vethra/oci-hook`. */
export { main } from './main.ts'
