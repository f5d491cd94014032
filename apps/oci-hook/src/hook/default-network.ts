// A file of its own: only a start that misses the default network reads it.
export { ensureDefaultNetwork } from '@vethra/engine'
