// expect nothing

import { CniError } from '@vethra/cni'
import ipaddr from 'ipaddr.js'

/** What a core package may do: compute, with pure dependencies. */
export function control(text: string): string {
  if (text === '') throw new CniError({ code: 7, message: 'not an address' })
  return ipaddr.parse(text).toNormalizedString()
}
