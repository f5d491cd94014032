/** Pods and containers in the records of containerd or CRI-O. Not for changing any, nor for their networks: libcni's cache has these. */
export { knownContainers } from './known-containers.ts'
export { type CriOptions, listSandboxes } from './list-sandboxes.ts'
