import { page } from './layout.ts'

/** A change of a file: what to write at which octet. */
export interface Patch {
  readonly at: number
  readonly text: string
}

/** The writes, each inside one page, that turn `old` into `next`; its size changes by empty lines alone, before or after all others. */
export function patchesBetween(
  old: string,
  next: string,
  order: 'forwards' | 'backwards',
): readonly Patch[] {
  if (next.startsWith(old))
    return next === old ? [] : [{ at: old.length, text: next.slice(old.length) }]
  const room = '\n'.repeat(Math.max(next.length - old.length, 0))
  const from = old + room
  const to = next.padEnd(old.length, '\n')
  const patches: Patch[] = []
  for (let at = 0; at < to.length; at += page) {
    const [before, after] = [from.slice(at, at + page), to.slice(at, at + page)]
    if (before !== after) patches.push(trimmed(before, after, at))
  }
  const ordered = order === 'forwards' ? patches : patches.reverse()
  return room === '' ? ordered : [{ at: old.length, text: room }, ...ordered]
}

function trimmed(old: string, next: string, at: number): Patch {
  const head = longest(next.length, (length) => old.startsWith(next.slice(0, length)))
  const rest = next.length - head
  const tail = longest(rest, (length) => old.endsWith(next.slice(next.length - length)))
  return { at: at + head, text: next.slice(head, next.length - tail) }
}

/** The greatest length for which something holds that holds for all shorter ones: 0 for none. */
function longest(most: number, holds: (length: number) => boolean): number {
  let [least, top] = [0, most]
  while (least < top) {
    const middle = Math.ceil((least + top) / 2)
    if (holds(middle)) least = middle
    else top = middle - 1
  }
  return least
}
