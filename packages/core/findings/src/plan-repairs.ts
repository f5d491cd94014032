import { attachmentText, type Finding } from './finding.ts'
import { type Repair, repairKey } from './repair.ts'
import { rankOf } from './repair-kinds.ts'

/**
 * The repairs for findings, each once, in a safe order. Stored knowledge comes first, then the
 * removal of the dead, then the restoration of the living. Nothing that is not ours is in it.
 */
export function planRepairs(findings: readonly Finding[]): readonly Repair[] {
  const wanted = findings.flatMap(({ ours, repair }) => (ours && repair ? [repair] : []))
  return merged(wanted).toSorted((a, b) => rankOf(a) - rankOf(b))
}

// Whoever is attached anew gets all of its rules with it, and an attachment's rules take one run of plugins.
function merged(repairs: readonly Repair[]): readonly Repair[] {
  const anew = new Set(
    repairs.flatMap((each) =>
      each.kind === 'reattach' || each.kind === 'detach' ? [attachmentText(each.attachment)] : [],
    ),
  )
  const kept = repairs.filter(
    (each) =>
      !(rulesAlone.includes(each.kind) && 'attachment' in each) ||
      !anew.has(attachmentText(each.attachment)),
  )
  const rules = new Map<string, Repair>()
  for (const each of kept) {
    const before = rules.get(repairKey(each))
    rules.set(repairKey(each), before === undefined ? each : both(before, each))
  }
  return [...rules.values()]
}

const rulesAlone: readonly Repair['kind'][] = [
  'restore-masquerading',
  'restore-rules',
  'restore-elements',
  'restore-inside',
]

function both(one: Repair, other: Repair): Repair {
  if (one.kind === 'restore-elements' && other.kind === 'restore-elements')
    return { ...one, desired: [...one.desired, ...other.desired] }
  if (one.kind === 'restore-files' && other.kind === 'restore-files')
    return { ...one, files: [...one.files, ...other.files] }
  if (one.kind !== 'restore-rules' || other.kind !== 'restore-rules') return other
  const effects = [...new Set([...one.effects, ...other.effects])].toSorted()
  return { ...one, effects, left: one.left || other.left }
}
