/**
 * The commands that people type: networks, bundles, and single CNI operations. Not what an OCI runtime
 * calls: that is `@vethra/oci-hook`.
 */
export { main } from './main.ts'
