/** Has the kernel tell of children's ends: a parent that ignored SIGCHLD hands that on by exec, and no program could be waited for. */
export function heedChildren(): void {
  if (process.listenerCount('SIGCHLD') === 0) process.on('SIGCHLD', () => undefined)
}
