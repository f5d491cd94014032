import type { Place } from '@vethra/state'

/** One line for the option `-batch` of ip, tc or bridge, and the namespace that it is for. */
export interface Line {
  readonly program: 'ip' | 'tc' | 'bridge'
  readonly place: Place
  readonly text: string
}

/** A line of ip(8). Words that are undefined are left out. */
export function ip(place: Place, ...words: readonly (string | number | undefined)[]): Line {
  return { program: 'ip', place, text: words.filter((word) => word !== undefined).join(' ') }
}

/** A line of tc(8) for the host. */
export function tc(...words: readonly (string | number)[]): Line {
  return { program: 'tc', place: 'host', text: words.join(' ') }
}

/** A word and its value; undefined without one. */
export function given(word: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value}`
}

/** A word and `on` or `off`; undefined where neither is asked for. */
export function onOff(word: string, value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value ? 'on' : 'off'}`
}

/** A line of bridge(8) for the host. */
export function bridge(...words: readonly (string | number)[]): Line {
  return { program: 'bridge', place: 'host', text: words.join(' ') }
}

/** `up` or `down`. */
export function upOrDown(up: boolean): string {
  return up ? 'up' : 'down'
}
