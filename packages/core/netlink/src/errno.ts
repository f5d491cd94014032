const texts: Readonly<Record<number, string>> = {
  1: 'EPERM: operation not permitted',
  2: 'ENOENT: no such object',
  3: 'ESRCH: no such process',
  4: 'EINTR: interrupted',
  11: 'EAGAIN: nothing to read',
  12: 'ENOMEM: out of memory',
  13: 'EACCES: permission denied',
  16: 'EBUSY: object is in use',
  17: 'EEXIST: object exists',
  19: 'ENODEV: no such interface',
  22: 'EINVAL: invalid argument',
  24: 'EMFILE: too many open files',
  28: 'ENOSPC: no space left',
  30: 'EROFS: read-only file system',
  34: 'ERANGE: value out of range',
  54: 'EXFULL: exchange full',
  85: 'ERESTART: the generation is stale',
  90: 'EMSGSIZE: message too long',
  95: 'EOPNOTSUPP: not supported by this kernel',
  97: 'EAFNOSUPPORT: address family not supported',
  98: 'EADDRINUSE: address in use',
  99: 'EADDRNOTAVAIL: address not available',
  101: 'ENETUNREACH: network unreachable',
  105: 'ENOBUFS: no buffer space',
  110: 'ETIMEDOUT: timed out',
  113: 'EHOSTUNREACH: no route to host',
}

/** An errno for people, by its name on Linux: `EEXIST: object exists`; `errno 200` for one that netlink has no use for. */
export function explainErrno(errno: number): string {
  return texts[errno] ?? `errno ${errno}`
}
