import { confError } from '@vethra/cni'
import { words } from '@vethra/plugins'

/** Throws CniError 7 where a request of `tuning` has a setting twice below `sysctl`: which of the two counts is not said. */
export async function demandSingleSysctls(text: string): Promise<void> {
  if (!/"sysctl"/i.test(text)) return
  // Loaded here alone: a parsed request has each key once.
  const { properties } = await import('@vethra/conflist')
  const lists = properties({ text, value: null }).filter(
    ({ key }) => key.toLowerCase() === 'sysctl',
  )
  for (const { source } of lists) {
    const keys = properties({ text: source.slice(source.indexOf('{')), value: null })
    if (new Set(keys.map(({ key }) => key)).size < keys.length)
      throw confError(words.duplicateSysctl)
  }
}
