/**
 * Has the kernel tell this process of the end of its children, before the first is started. A parent that ignores SIGCHLD hands that
 * on by exec: then no program could be waited for, neither by this process nor by a plugin that it runs.
 */
export function heedChildren(): void {
  if (process.listenerCount('SIGCHLD') === 0) process.on('SIGCHLD', () => undefined)
}
