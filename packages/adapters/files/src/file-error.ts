import { CniError } from '@vethra/spec'

/**
 * CniError 5 for an action on a path that failed: `cannot write /x/y`, with the system's error as
 * its cause and a hint where the error has a usual way out. A CniError is handed back as it is.
 */
export function fileError(action: string, path: string, cause: unknown): CniError {
  if (cause instanceof CniError) return cause
  const hint = hints[errno(cause) ?? '']
  return new CniError({
    code: 5,
    message: `cannot ${action} ${path}`,
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The name that the system gave its error, `ENOENT` for one. Undefined for any other error. */
export function errno(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'Run as root, or name a folder that you own.',
  EPERM: 'Run as root, or name a folder on a file system that allows it.',
  EROFS: 'Name a folder on a file system that is mounted for writing.',
  ENOSPC: 'Free some space on the file system that holds it.',
  EDQUOT: 'Free some of the quota on the file system that holds it.',
  EMFILE: 'Raise the limit of open files.',
  ENFILE: "Raise the system's limit of open files.",
  ELOOP: 'Remove the symbolic link that stands in the way.',
  ENOTDIR: 'Remove the file that stands where a folder belongs.',
  EISDIR: 'Remove the folder that stands where a file belongs.',
  ENOENT: 'Make the folder that is to hold it.',
  ENAMETOOLONG: 'Choose a shorter name.',
}
