import { setTimeout } from 'node:timers/promises'
import {
  emitReleased,
  ipamPlaces,
  type PlacedReservation,
  reservationRow,
  reservationsAt,
} from '@vethra/engine'
import { judgedAfterMs, reasonToKeep, type SignsOfLife } from '@vethra/ipam'
import type { Io } from '@vethra/world'
import { cells } from './ipam-list.ts'
import { tableOptions } from './listing.ts'
import type { Tools } from './open-world.ts'
import { table } from './table.ts'

/** The options of `ipam gc`. */
interface GcFlags {
  readonly network?: string
  readonly dryRun: boolean
}

/** Frees reservations without any sign of life of their container, looked for twice, and prints them; with `dryRun` prints them with the reason. */
export async function collectReservations(tools: Tools, flags: GcFlags, io: Io): Promise<void> {
  const all = await reservationsAt(await ipamPlaces(tools, flags.network))
  const suspects = await withoutSign(tools, all, io.now() + judgedAfterMs)
  if (suspects.length > 0) await untilOldEnough(suspects, io)
  const dead = suspects.length > 0 ? await withoutSign(tools, suspects, io.now()) : []
  if (flags.dryRun) {
    const header = ['NETWORK', 'ADDRESS', 'CONTAINER ID', 'INTERFACE', 'SINCE', 'REASON']
    const rows = dead.map((each) => [...cells(reservationRow(each)), reasonToFree(each)])
    for (const line of table(header, rows, tableOptions(io))) io.printStyled(line)
    return
  }
  for (const each of dead) await free(tools, each, io)
}

async function withoutSign(
  tools: Tools,
  reservations: readonly PlacedReservation[],
  nowMs: number,
): Promise<readonly PlacedReservation[]> {
  const signs = await signsOfLife(tools)
  return reservations.filter(
    ({ reservation }) => reasonToKeep(reservation, signs, nowMs) === undefined,
  )
}

// All over the host: of containers of ours, nerdctl's, cnitool's, and those of OCI runtimes.
async function signsOfLife(tools: Tools): Promise<SignsOfLife> {
  const [cached, recorded, others] = await Promise.all([
    tools.host.cache.list(),
    tools.host.records.list(),
    tools.effects.otherSigns(),
  ])
  return {
    ...others,
    cached: new Set(cached.map(({ attachment }) => attachment.containerId)),
    recorded: new Set(recorded.map(({ containerId }) => containerId)),
  }
}

async function untilOldEnough(suspects: readonly PlacedReservation[], io: Io): Promise<void> {
  const youngest = Math.max(...suspects.map(({ reservation }) => reservation.sinceMs))
  const waitMs = youngest + judgedAfterMs - io.now()
  if (waitMs > 0) await setTimeout(Math.min(waitMs, judgedAfterMs))
}

function reasonToFree({ reservation }: PlacedReservation): string {
  return reservation.containerId === ''
    ? 'empty: its writer died'
    : 'no namespace, no attachment cached or recorded, unknown to every store and runtime'
}

async function free(
  { host }: Tools,
  { network, store, reservation }: PlacedReservation,
  io: Io,
): Promise<void> {
  const freed = await store.drop(network, [reservation])
  for (const { address } of freed) {
    await emitReleased(host, network, address)
    io.print(`${network} ${address}`, `${address} of network ${network} is free`)
  }
}
