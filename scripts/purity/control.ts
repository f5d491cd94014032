// expect nothing

import { CniError } from '@vethra/cni'
import ipaddr from 'ipaddr.js'
import * as z from 'zod/mini'

/** What a core package may do: compute, with pure dependencies. */
export function control(text: string): string {
  if (!z.string().safeParse(text).success) throw new CniError({ code: 7, message: 'not a text' })
  return ipaddr.parse(text).toNormalizedString()
}
