import { readAddress } from '@vethra/address'
import { type Claim, standsInTheWay } from './claims.ts'
import type { Protocol } from './port-mapping.ts'

/** The holders of the host's ports, by port. */
export interface ClaimTable {
  /** Whether the port is free on every address. */
  isFree(protocol: Protocol, port: number): boolean
  /** The holder of the port on an address, for people: the first one that was claimed. */
  holder(protocol: Protocol, hostIP: string, port: number): string | undefined
  add(claim: Claim): void
}

/** The table of these claims, in their order. */
export function claimTable(claims: readonly Claim[]): ClaimTable {
  const table = new Map<string, Claim[]>()
  const key = (protocol: Protocol, port: number) => `${port}/${protocol}`
  const add: ClaimTable['add'] = (claim) => {
    const known = table.get(key(claim.protocol, claim.port))
    if (known) known.push(claim)
    else table.set(key(claim.protocol, claim.port), [claim])
  }
  for (const claim of claims) add(claim)
  return {
    add,
    isFree: (protocol, port) => !table.has(key(protocol, port)),
    holder: (protocol, hostIP, port) => {
      const address = readAddress(hostIP)
      const held = table.get(key(protocol, port)) ?? []
      return held.find((claim) => !address || standsInTheWay(claim, address))?.by
    },
  }
}
