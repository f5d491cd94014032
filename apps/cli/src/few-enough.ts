import type { Io } from '@vethra/world'

/** Attachments whose insides a doctor looks at: half a millisecond each, and of a thousand longer than all else takes. */
const most = 100

/** Whether doctor looks into the namespaces of so many attachments: up to 100. The first refusal prints a note on standard error. */
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
