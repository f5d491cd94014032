import { styleText } from 'node:util'
import { oneLine } from '@vethra/cni'
import type { RepairRow } from '@vethra/engine'
import type { Finding, Severity } from '@vethra/findings'

/** The number of findings of a kind that are printed in full; the others are counted. */
const shown = 5

/** Findings for people: what is wrong, what was seen, and the command that fixes it. */
export function findingLines(findings: readonly Finding[], colour: boolean): readonly string[] {
  const kinds = Map.groupBy(findings, ({ kind, severity }) => `${severity} ${kind}`)
  return [...kinds.values()].flatMap((alike) => [
    ...alike.slice(0, shown).flatMap((each) => linesOf(each, colour)),
    ...(alike.length > shown ? [more(alike), ''] : []),
  ])
}

/** The summary of a report, in one line. */
export function summaryLines(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return ['nothing is wrong']
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count > 1 && severity !== 'info' ? 's' : ''}`]
  })
  const safe = findings.filter(({ repair }) => repair !== undefined).length
  const repaired = safe === 0 ? '' : `; ${safe} of them "vethra doctor --repair" can repair`
  return [`${counts.join(', ')}${repaired}`]
}

/** The outcome of a repair, for people. */
export function repairLines(
  { Outcome, Repair, Why }: RepairRow,
  colour: boolean,
): readonly string[] {
  if (Outcome === 'unneeded') return [`not needed: ${oneLine(Repair)}: ${oneLine(Why.join(' '))}`]
  if (Outcome === 'planned') return [`would ${oneLine(Repair)}`]
  const word =
    Outcome === 'failed' ? paint('red', 'failed', colour) : paint('green', 'done', colour)
  return [`${word}: ${oneLine(Repair)}`]
}

function linesOf(
  { severity, message, evidence, ours, subject, fix }: Finding,
  colour: boolean,
): readonly string[] {
  const seen =
    evidence.length > 8 ? [...evidence.slice(0, 7), `and ${evidence.length - 7} more`] : evidence
  return [
    `${paint(colours[severity], severity, colour)}: ${oneLine(message)}`,
    ...seen.map((line) => `  seen: ${oneLine(line)}`),
    ...(ours || !ownable.has(subject.kind)
      ? []
      : ['  Vethra did not make it, and leaves it alone']),
    ...(fix === undefined ? [] : [`  fix: ${oneLine(fix)}`]),
    '',
  ]
}

const ownable: ReadonlySet<string> = new Set(['attachment', 'interface', 'reservation', 'rules'])

function more(alike: readonly Finding[]): string {
  const [first] = alike
  return `… and ${alike.length - shown} more of this kind (${first?.kind}): --format json tells them all`
}

const colours: Readonly<Record<Severity, 'blue' | 'red' | 'yellow'>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
}

function paint(style: Parameters<typeof styleText>[0], text: string, colour: boolean): string {
  return colour ? styleText(style, text, { validateStream: false }) : text
}
