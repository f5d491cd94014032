import { canBeName } from './name-octets.ts'
import type { Member } from './zone.ts'

/** The target of a member's PTR and SRV records, by its name or else by its id: `web.lan`; empty when DNS cannot carry it. */
export function fullNameOf({ container: { name, id }, network }: Member): string {
  const names = [name, id.slice(0, 12)].filter((each) => each !== '')
  const full = names.map((each) => `${each}.${network}`.toLowerCase())
  return full.find(canBeName) ?? ''
}
