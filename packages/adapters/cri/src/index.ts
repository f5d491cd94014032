/**
 * The pods that a CRI runtime (containerd, CRI-O) has in its records, by their sandboxes, and containers that containerd has.
 * Not for changing any, and not for their networks: libcni's cache has these.
 */
export { knownContainers } from './known-containers.ts'
export { type CriOptions, listSandboxes } from './list-sandboxes.ts'
