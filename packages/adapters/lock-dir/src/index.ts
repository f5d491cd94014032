/** `Lock` by proper-lockfile, a folder beside the path. For library users: Go programs do not see it, and a hook has no time for it. */
export { type DirLockOptions, dirLock } from './dir-lock.ts'
