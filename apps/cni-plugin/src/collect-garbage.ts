import {
  type CniError,
  confError,
  type Json,
  type JsonObject,
  readValidAttachment,
} from '@vethra/cni'
import type { Holder, Reservation } from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'

/** Frees reservations of none of a GC request's valid attachments (SPEC 1.1.0, section 2, "GC"). Throws CniError 7, and frees none, without a list. */
export async function collectGarbage(
  store: IpamStore,
  network: string,
  conf: JsonObject,
): Promise<void> {
  const valid = validAttachments(conf)
  const reservations = await store.list(network)
  const dead = reservations.filter((each) => !valid.some((one) => isOf(each, one)))
  await store.drop(network, dead)
}

function isOf({ containerId, ifname }: Reservation, valid: Holder): boolean {
  return containerId === valid.containerId && (ifname === undefined || ifname === valid.ifname)
}

/** The attachments that a GC request names as valid. Throws CniError 7 when it has no list of them that can be read. */
export function validAttachments(conf: JsonObject): readonly Holder[] {
  // The second key is what the first text of SPEC 1.1.0 called it; libcni sends both.
  const value = ['cni.dev/valid-attachments', 'cni.dev/attachments']
    .map((key) => conf[key])
    .find((each) => each !== undefined)
  // libcni writes an empty list as null.
  if (value === null) return []
  if (!Array.isArray(value)) throw invalid(value === undefined ? 'is missing' : 'is no list')
  return value.map((each: Json) => {
    const valid = readValidAttachment(each)
    if (valid) return valid
    throw invalid(`holds ${JSON.stringify(each)?.slice(0, 200)}`)
  })
}

function invalid(fault: string): CniError {
  return confError(
    `cni.dev/valid-attachments ${fault}`,
    'Send a list of {"containerID", "ifname"}.',
  )
}
