import type { ConfList } from '@vethra/cni'
import type { DesiredAttachment, ObservedAttachment, ObservedFault } from '@vethra/findings'
import { attachmentText } from '@vethra/findings'
import type { CachedAttachment, DamagedFile, Memory } from '@vethra/world'
import { attachmentReader } from './desired-attachment.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'
import type { NativeAttachment } from './native-effects.ts'
import { fileNameOf, observeAttachment } from './observe-attachment.ts'

/** The remembered attachments, and the desired state of those that live. */
export interface SeenAttachments {
  readonly observed: readonly ObservedAttachment[]
  readonly desired: readonly DesiredAttachment[]
  readonly damaged: readonly ObservedFault[]
  /** Living attachments of ours as they were made. */
  readonly living: readonly NativeAttachment[]
  /** Those that plugins in this process made, whole or in part. */
  readonly native: readonly NativeAttachment[]
}

/** The parts that observe attachments. */
export interface AttachmentFacts {
  readonly memory: Memory
  readonly networks: ReadonlyMap<string, ConfList>
  /** Container ids, as plugins know them, of the containers in DATA_STORE. */
  readonly stored: ReadonlySet<string>
}

/** Looks at records, at cached results, and at the namespaces that they name. */
export async function observeAttachments(
  { host, clock }: DoctorTools,
  { memory, networks, stored }: AttachmentFacts,
): Promise<SeenAttachments> {
  const { records, cached, damaged } = memory
  const made = new Map(cached.map((each) => [keyOf(each), each]))
  const recorded = new Map(records.map((each) => [attachmentText(each), each]))
  const known = {
    networks,
    stored,
    read: attachmentReader(networks),
    lostRecords: new Set(damaged.filter(({ of }) => of === 'record').map(nameOf)),
  }
  const keys = [...new Set([...recorded.keys(), ...made.keys()])]
  const seen = await mapInTurns(clock, keys, (key) =>
    observeAttachment(host, known, { record: recorded.get(key), entry: made.get(key) }),
  )
  const observed = seen.map(({ attachment }) => attachment)
  const living = seen.flatMap((each) => each.living)
  return {
    observed,
    desired: seen.flatMap(({ attachment, wanted }) =>
      attachment.recorded && attachment.state === 'alive' && wanted ? [wanted] : [],
    ),
    living,
    native: living.filter(({ ways }) => ways.length > 0),
    damaged: damaged.filter((each) => !explained(each, observed)).map(({ file }) => faultOf(file)),
  }
}

function keyOf({ network, attachment }: CachedAttachment): string {
  return attachmentText({ network, ...attachment })
}

function nameOf({ file }: DamagedFile): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

// A damaged file of an attachment that something else tells of is told with it.
function explained(each: DamagedFile, observed: readonly ObservedAttachment[]): boolean {
  const name = nameOf(each)
  return observed.some(
    (one) =>
      fileNameOf(one) === name &&
      (each.of === 'record' ? one.recordDamaged : one.recorded && !one.remembered),
  )
}

function faultOf(file: string): ObservedFault {
  return { file, reason: 'its content differs from the text that was written' }
}
