/** The hint to a system error by its `code` (`EACCES`), errno(3); undefined where there is no usual way out. */
export function systemHint(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && Object.hasOwn(hints, code) ? hints[code] : undefined
}

const hints: Readonly<Record<string, string>> = {
  EACCES:
    'Run as root, or name a folder that you own; containers of an ordinary user: "vethra rootless check".',
  EPERM: 'Run as root, or name a folder on a file system that allows it.',
  EROFS: 'Name a folder on a file system that is mounted for writing.',
  ENOSPC: 'Free some space on the file system that holds it.',
  EDQUOT: 'Free some of the quota on the file system that holds it.',
  EMFILE: 'Raise the limit of open files (RLIMIT_NOFILE): ulimit -n, or LimitNOFILE= in a unit.',
  ENFILE: "Raise the system's limit of open files: sysctl fs.file-max.",
  EAGAIN:
    'Raise the limit of processes: ulimit -u, or TasksMax= in a unit; of a file, end what holds a lease on it: cat /proc/locks.',
  ENOMEM: 'Free some memory.',
  ELOOP: 'Remove the symbolic link at that path.',
  ENOTDIR: 'Name a folder, or remove the file that is in its place.',
  EEXIST: 'Name a folder, or remove the file that is in its place.',
  EISDIR: 'Remove the folder: a file belongs there.',
  ENOENT: 'Make the folder that is to hold it.',
  ENAMETOOLONG: 'Choose a shorter name.',
  ENOEXEC: 'Make it a program of this machine: the right architecture, its interpreter present.',
}
