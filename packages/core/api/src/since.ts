/** Where a reader of events begins: after an id, or at a time in milliseconds since 1970. */
export type Since =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'time'; readonly fromMs: number }

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Reads a `--since` or `--until` as docker: `90s`, `1h30m`, `7d`, RFC 3339, seconds since 1970, or an event's id of 16 digits. Undefined otherwise. */
export function readSince(text: string, nowMs: number): Since | undefined {
  if (/^\d{16}$/.test(text)) return { kind: 'id', id: text }
  if (/^\d{1,11}(\.\d{1,9})?$/.test(text)) return { kind: 'time', fromMs: Number(text) * 1000 }
  const ago = durationOf(text)
  if (ago !== undefined) return { kind: 'time', fromMs: nowMs - ago }
  const fromMs = timeOf(text)
  return fromMs === undefined ? undefined : { kind: 'time', fromMs }
}

function durationOf(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h|d))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)]
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0)
}

function timeOf(text: string): number | undefined {
  const form = /^(\d{4}-\d\d-\d\d)([Tt ](\d\d:\d\d(:\d\d(\.\d{1,9})?)?)(Z|z|[+-]\d\d:\d\d)?)?$/
  const [, day, , time = '00:00', , , zone = ''] = form.exec(text) ?? []
  if (day === undefined) return undefined
  // biome-ignore lint/style/noRestrictedGlobals: it reads a time that is written out, and no clock.
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms
}
