/**
 * The files of containers in DATA_STORE: a folder for each with its state, mounted files and logs,
 * and the names in use. Not for hosts files: that is `@vethra/etchosts`.
 */
export { type ContainerStoreOptions, containerStore } from './container-store.ts'
export { storedNamespaces } from './namespaces.ts'
