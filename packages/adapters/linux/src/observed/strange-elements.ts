import { elementText, type PlacedElement } from '@vethra/firewall'
import { readMark } from '@vethra/state'
import type { StrangeEntry } from '@vethra/world'

/** Sets whose elements keep packets from somebody. */
const refusing: readonly string[] = ['isolated', 'internal']

/** Those of some elements of our table that bear no mark: they are not of our making. */
export function strangeElements(placed: readonly PlacedElement[]): readonly StrangeEntry[] {
  return placed
    .filter(({ element: { comment = '' } }) => readMark(comment) === undefined)
    .map((each) => ({
      deletion: elementText('delete', each),
      refuses: refusing.includes(each.set),
      element: { set: each.set, key: each.element.key },
    }))
}
