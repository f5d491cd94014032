/**
 * The pods that a CRI runtime (containerd, CRI-O) has in its records, by their sandboxes. Not for changing any, and not for
 * their networks: libcni's cache has these.
 */
export { type CriOptions, listSandboxes } from './list-sandboxes.ts'
