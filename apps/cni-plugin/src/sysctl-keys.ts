import { words } from '@vethra/plugins'
import { failed } from './go-codes.ts'

/** Throws CniError 999 where a request of `tuning` has a setting twice below `sysctl`: which of the two counts is not said. */
export async function demandSingleKeys(text: string): Promise<void> {
  if (!/"sysctl"/i.test(text)) return
  // Loaded here alone: a parsed request has each key once.
  const { properties } = await import('@vethra/conflist')
  const lists = properties({ text, value: null }).filter(
    ({ key }) => key.toLowerCase() === 'sysctl',
  )
  for (const { source } of lists) {
    const keys = properties({ text: source.slice(source.indexOf('{')), value: null })
    if (new Set(keys.map(({ key }) => key)).size < keys.length) throw failed(words.duplicateSysctl)
  }
}
