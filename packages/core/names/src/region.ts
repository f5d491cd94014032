/** The marker at the head of the managed part of a hosts file. */
export const begin = '# <nerdctl>'

/** The marker at its foot. */
export const end = '# </nerdctl>'

/** Where the managed part of a hosts file is, in characters from its start. */
interface Region {
  /** The row of the first marker. */
  readonly start: number
  /** The row of the last marker; `stop` when there is none. */
  readonly foot: number
  /** Behind the last marker's row. Without a last marker the rest of the file is managed. */
  readonly stop: number
}

/** The first managed part at or after `from`. A marker is a comment that says nothing else (nerdctl). */
export function findRegion(text: string, from = 0): Region | undefined {
  const head = markerRow(text, '<nerdctl>', from)
  if (head === undefined) return undefined
  const foot = markerRow(text, '</nerdctl>', head.stop)
  const stop = foot?.stop ?? text.length
  return { start: head.start, foot: foot?.start ?? stop, stop }
}

/** The text outside all managed parts, before and behind the first one; all before when there is none. */
export function outside(text: string): { readonly before: string; readonly behind: string } {
  const pieces: string[] = []
  let from = 0
  for (
    let region = findRegion(text);
    region !== undefined;
    region = findRegion(text, region.stop)
  ) {
    pieces.push(text.slice(from, region.start))
    from = region.stop
  }
  const [before = '', ...behind] = [...pieces, text.slice(from)]
  return { before, behind: behind.join('') }
}

// A row is looked at once however often it has the marker: a container can write a million into one.
function markerRow(
  text: string,
  marker: string,
  from: number,
): { start: number; stop: number } | undefined {
  let stop = from
  for (let at = text.indexOf(marker, from); at >= 0; at = text.indexOf(marker, stop)) {
    const start = text.lastIndexOf('\n', at) + 1
    const newline = text.indexOf('\n', at)
    stop = newline < 0 ? text.length : newline + 1
    const row = text.slice(start, stop)
    if (/^[ \t]*#/.test(row) && row.replace('#', '').trim() === marker) return { start, stop }
  }
  return undefined
}
