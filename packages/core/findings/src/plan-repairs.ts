import { attachmentText } from './attachment-ref.ts'
import type { Finding } from './finding.ts'
import type { Repair } from './repair.ts'

/**
 * The repairs for findings, each once, in a safe order. Stored knowledge comes first, then the
 * removal of the dead, then the restoration of the living. Nothing that is not ours is in it.
 */
export function planRepairs(findings: readonly Finding[]): readonly Repair[] {
  const wanted = findings.flatMap(({ ours, repair }) => (ours && repair ? [repair] : []))
  const unique = new Map(wanted.map((each) => [JSON.stringify(each), each]))
  return merged([...unique.values()]).toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind),
  )
}

const order: readonly Repair['kind'][] = [
  'restore-record',
  'restore-result',
  'detach',
  'remove-rules',
  'remove-elements',
  'release-address',
  'forget-names',
  'remove-hosts',
  'release-name',
  'release-ports',
  'claim-name',
  'restore-bridge',
  'reattach',
  'restore-link',
  'reserve-address',
  'restore-masquerading',
  'restore-rules',
  'restore-elements',
  'publish-ports',
  'restore-names',
  'hold-ports',
]

// Masquerading takes one transaction whoever it is for, and an attachment's other rules one run of plugins.
function merged(repairs: readonly Repair[]): readonly Repair[] {
  const attachments = repairs.flatMap((each) =>
    each.kind === 'restore-masquerading' ? each.attachments : [],
  )
  const rules = new Map<string, Extract<Repair, { kind: 'restore-rules' }>>()
  const anew = new Set<string>()
  for (const each of repairs) {
    if (each.kind === 'reattach' || each.kind === 'detach')
      anew.add(attachmentText(each.attachment))
    if (each.kind !== 'restore-rules') continue
    const key = attachmentText(each.attachment)
    const before = rules.get(key)
    const effects = [...new Set([...(before?.effects ?? []), ...each.effects])].toSorted()
    rules.set(key, { ...each, effects, left: each.left || before?.left === true })
  }
  const others = repairs.filter(
    (each) =>
      each.kind !== 'restore-masquerading' &&
      each.kind !== 'restore-rules' &&
      !(each.kind === 'restore-elements' && anew.has(attachmentText(each.attachment))),
  )
  // Whoever is attached anew gets all of its rules with it.
  const kept = [...rules].filter(([key]) => !anew.has(key)).map(([, each]) => each)
  const left = attachments.filter((each) => !anew.has(attachmentText(each)))
  const masquerading = { kind: 'restore-masquerading', attachments: left } as const
  return [...others, ...(left.length > 0 ? [masquerading] : []), ...kept]
}
