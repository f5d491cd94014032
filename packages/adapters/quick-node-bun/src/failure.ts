import { errorNumber } from './libc.ts'

/** What node:fs throws when a system call fails, named as node:fs names it. */
export function failure(syscall: string, path?: string, dest?: string): NodeJS.ErrnoException {
  const errno = errorNumber()
  const [code, text] = common[errno] ?? named(errno)
  const place =
    (path === undefined ? '' : ` '${path}'`) + (dest === undefined ? '' : ` -> '${dest}'`)
  return Object.assign(new Error(`${code}: ${text}, ${syscall}${place}`), {
    errno: -errno,
    code,
    syscall,
    ...(path !== undefined && { path }),
    ...(dest !== undefined && { dest }),
  })
}

/** ENOENT: the failure that a program meets where nothing is wrong. */
export const isMissing = (): boolean => errorNumber() === 2

// These are met at each start, and what knows the others costs time to load.
const common: Readonly<Record<number, readonly [string, string]>> = {
  2: ['ENOENT', 'no such file or directory'],
  17: ['EEXIST', 'file already exists'],
}

function named(errno: number): readonly [string, string] {
  const { getSystemErrorMap } = process.getBuiltinModule('node:util')
  return getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`]
}
