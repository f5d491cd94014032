/**
 * Cached results under the CNI cache folder, in libcni's files, so that libcni finds ours and we find
 * its. Not for deciding what is removed with them: that is `@vethra/plan`.
 */
export { diskResultCache, type ResultsFolder } from './disk-result-cache.ts'
