// expect nothing

import { CniError } from '@vethra/cni'
import ipaddr from 'ipaddr.js'
import { parse } from 'jsonc-parser'

/** What a core package may do: compute, with pure dependencies. */
export function control(text: string): string {
  const value: unknown = parse(text)
  if (typeof value !== 'string') throw new CniError({ code: 7, message: 'not a text' })
  return ipaddr.parse(value).toNormalizedString()
}
