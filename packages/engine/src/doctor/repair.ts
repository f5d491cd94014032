import { CniError } from '@vethra/cni'
import { describeRepair, type Repair } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { detachDead, reattach } from './repair-attachment.ts'
import { removeElements, restoreElements } from './repair-elements.ts'
import { restoreBridge, restoreLink } from './repair-links.ts'
import { restoreRecord, restoreResult } from './repair-memory.ts'
import { claimName, forgetNames, releaseName, removeHosts, restoreNames } from './repair-names.ts'
import { holdPorts, publishAgain, releasePorts } from './repair-ports.ts'
import { releaseAddress, reserveAddress } from './repair-reservation.ts'
import type { RepairResult } from './repair-result.ts'
import { removeRules, restoreMasquerading, restoreRules } from './repair-rules.ts'

/** The outcome of one repair: done, not needed any more (`why` has the reason), or failed. */
export type RepairOutcome =
  | { readonly kind: 'done'; readonly repair: Repair }
  | { readonly kind: 'unneeded'; readonly repair: Repair; readonly why: string }
  | { readonly kind: 'failed'; readonly repair: Repair; readonly error: CniError }

/** Told of each repair: before it is begun, and what became of it. */
export type RepairEvent = { readonly kind: 'begun'; readonly repair: Repair } | RepairOutcome

/**
 * Carries repairs out, one after the other in the order given, each under its locks and after a
 * second look: a container may have come back. Goes on after failures. The outcomes stand in the
 * same order. A repair that was cut short can be repeated.
 */
export async function repair(
  tools: DoctorTools,
  repairs: readonly Repair[],
  onEvent: (event: RepairEvent) => void = () => {},
): Promise<readonly RepairOutcome[]> {
  const outcomes: RepairOutcome[] = []
  for (const each of repairs) {
    onEvent({ kind: 'begun', repair: each })
    const outcome = await attempt(tools, each)
    onEvent(outcome)
    outcomes.push(outcome)
  }
  return outcomes
}

async function attempt(tools: DoctorTools, each: Repair): Promise<RepairOutcome> {
  try {
    const why = await carryOut(tools, each)
    return why === undefined
      ? { kind: 'done', repair: each }
      : { kind: 'unneeded', repair: each, why }
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause
    const message = `cannot ${describeRepair(each)}`
    const error = new CniError({ code: cause.code, message, cause })
    return { kind: 'failed', repair: each, error }
  }
}

function carryOut(tools: DoctorTools, each: Repair): Promise<RepairResult> {
  switch (each.kind) {
    case 'restore-result':
      return restoreResult(tools, each)
    case 'restore-record':
      return restoreRecord(tools, each)
    case 'detach':
      return detachDead(tools, each)
    case 'remove-rules':
      return removeRules(tools, each)
    case 'release-address':
      return releaseAddress(tools, each)
    case 'forget-names':
      return forgetNames(tools, each)
    case 'remove-hosts':
      return removeHosts(tools, each)
    case 'release-name':
      return releaseName(tools, each)
    case 'claim-name':
      return claimName(tools, each)
    case 'release-ports':
      return releasePorts(tools, each)
    case 'hold-ports':
      return holdPorts(tools, each)
    case 'publish-ports':
      return publishAgain(tools, each)
    case 'restore-bridge':
      return restoreBridge(tools, each)
    case 'reattach':
      return reattach(tools, each)
    case 'restore-link':
      return restoreLink(tools, each)
    case 'reserve-address':
      return reserveAddress(tools, each)
    case 'restore-masquerading':
      return restoreMasquerading(tools, each)
    case 'restore-rules':
      return restoreRules(tools, each)
    case 'restore-elements':
      return restoreElements(tools, each)
    case 'remove-elements':
      return removeElements(tools, each)
    case 'restore-names':
      return restoreNames(tools, each)
  }
}
