/**
 * Waits until all that is under way waits for something outside of this process, such as a plugin that was
 * started: what does not matter to it is done then.
 */
export function idle(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}
