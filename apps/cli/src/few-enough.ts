import type { Io } from '@vethra/world'

/** Attachments whose insides a doctor looks at: half a millisecond each, and of a thousand longer than all else takes. */
const most = 100

/**
 * Returns a predicate on the number of attachments: whether doctor looks into their network namespaces, which it does
 * up to 100. The first time that it does not, a note on standard error says so.
 */
export function fewEnough({ complain }: Pick<Io, 'complain'>): (attachments: number) => boolean {
  let said = false
  return (attachments) => {
    if (attachments <= most) return true
    if (!said) {
      complain(
        `note: the network namespaces of ${attachments} attachments were not looked into: that is done for ${most} at most`,
      )
    }
    said = true
    return false
  }
}
