import type { Call } from './call.ts'

/** The most frequent commands, without flags: they need no command line library (4 ms of a start). Undefined for all others. */
export function quickCommand(
  words: readonly string[],
): ((call: Call) => Promise<void>) | undefined {
  const [noun, verb = '', network = '', netns = ''] = words
  if (words.some((each) => each.startsWith('-'))) return undefined
  if (words.length === 4 && noun === 'cni' && ['add', 'check', 'del'].includes(verb)) {
    return async (call) =>
      (await import('./run-on-netns.ts')).runOnNetns(verb, { network, netns }, call)
  }
  if (words.length !== 2 || verb !== 'ls') return undefined
  if (noun === 'network') return async (call) => (await import('./network-list.ts')).list(call)
  if (noun === 'container') return async (call) => (await import('./container-list.ts')).list(call)
  return undefined
}
