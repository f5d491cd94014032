import { type CniError, decodeError, ioError, notFoundError } from '@vethra/cni'

/** The failure of a connection to the socket: CniError 5 where it may not be opened, else 101. */
export function unreachable(socket: string, cause: Error & { code?: string }): CniError {
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    const hint = 'Run as root, or as a member of the group that the socket belongs to.'
    return ioError(`cannot reach the daemon at ${socket}`, { hint, cause })
  }
  const hint =
    'Start one with "systemctl start vethra" or "vethra daemon &", or name its socket with --socket.'
  return notFoundError(`no daemon runs at ${socket}`, { hint, cause })
}

/** CniError 101 for a connection that ended within an answer. */
export function cutOff(socket: string, cause: unknown): CniError {
  const hint = 'See its log: journalctl -u vethra'
  const message = `the daemon at ${socket} closed the connection`
  return notFoundError(message, { hint, cause })
}

/** CniError 6 for an answer that no Vethra daemon gives. */
export function stranger(socket: string, cause?: unknown): CniError {
  const hint = 'Name the socket of the Vethra daemon with --socket.'
  const message = `the process that listens at ${socket} is not a Vethra daemon`
  return decodeError(message, { hint, cause })
}
