/** A measured distribution, in milliseconds. */
export interface Figures {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly p10: number
  readonly p90: number
}

/** The figures of samples. Throws for none: a bench that measured nothing has failed. */
export function figuresOf(samples: readonly number[]): Figures {
  if (samples.length === 0) throw new Error('nothing was measured')
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { median: at(0.5), min: at(0), max: at(1), p10: at(0.1), p90: at(0.9) }
}

/** One line of a report: name, median, spread, and the ratio to the yardstick's median. */
export function reportLine(name: string, figures: Figures, yardstick?: Figures): string {
  const ms = (value: number) => value.toFixed(1).padStart(7)
  const ratio = yardstick ? `  ×${(figures.median / yardstick.median).toFixed(2)}` : ''
  return `${name.padEnd(34)} median ${ms(figures.median)} ms   p10–p90 ${ms(figures.p10)} –${ms(figures.p90)}${ratio}`
}
