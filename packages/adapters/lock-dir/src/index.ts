/**
 * `Lock` by a folder beside the path, with proper-lockfile. For library users, and for what only
 * Vethra locks: Go programs do not see it, and it is too slow for a hook.
 */
export { type DirLockOptions, dirLock } from './dir-lock.ts'
