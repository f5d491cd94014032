import { reasonToKeep } from '@vethra/ipam'
import type { Repair } from '@vethra/model'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair.ts'

/** Gives back a reservation that still is as it was seen and whose container shows no sign of life. */
export async function repairReservation(
  { ipam, signsOfLife, clock }: DoctorTools,
  { dataDir, network, reservation }: Extract<Repair, { kind: 'release-address' }>,
): Promise<RepairResult> {
  const why = reasonToKeep(reservation, await signsOfLife(), clock.now())
  if (why !== undefined) return why
  const freed = await ipam(dataDir).drop(network, [reservation])
  return freed.length > 0 ? undefined : 'it is released, or another holds it'
}
