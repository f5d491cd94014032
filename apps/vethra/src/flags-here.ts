/** By a file of ours, for calls with flags before their first word. */
export { splitHookFlags } from '@vethra/settings'
