import { parseExactly, usageError } from '@vethra/cni'
import { createNetwork, planNetwork } from '@vethra/engine'
import { type NetworkOptions, readPairs } from '@vethra/networks'
import type { Io } from '@vethra/world'
import { unsupported } from './flags.ts'
import type { Tools } from './open-world.ts'

/** The options of `network create`. */
export interface CreateFlags {
  readonly driver: string
  readonly subnet: readonly string[]
  readonly gateway: readonly string[]
  readonly ipRange: readonly string[]
  readonly auxAddress: readonly string[]
  readonly ipv4: string
  readonly ipv6: boolean
  readonly internal: boolean
  readonly ipamDriver: string
  readonly ipamOpt: readonly string[]
  readonly opt: readonly string[]
  readonly label: readonly string[]
  readonly dryRun: boolean
}

/** Creates a network, and prints its id; with `--dry-run` the plan alone. */
export async function printCreated(
  tools: Tools,
  flags: CreateFlags & { readonly name: string },
  io: Io,
): Promise<void> {
  const { name } = flags
  const options = optionsOf(name, flags)
  if (flags.dryRun) {
    const { id: ID, file: File, text, notes: Notes } = await planNetwork(tools, options)
    const plan = { Name: name, ID, File, ConfList: parseExactly(text), Notes }
    return io.print(JSON.stringify(plan, null, 2))
  }
  const { id, notes } = await createNetwork(tools, options)
  for (const note of notes) io.complain(`note: ${note}`)
  io.print(id, `network ${name} exists, its id is ${id}`)
}

function optionsOf(name: string, flags: CreateFlags): NetworkOptions {
  const { driver, ipv4 } = flags
  if (driver !== 'bridge' && driver !== 'macvlan' && driver !== 'ipvlan') {
    const hint = 'Give --driver as bridge, macvlan or ipvlan.'
    throw usageError(`unsupported cni driver "${driver}"`, hint)
  }
  if (ipv4 !== 'true' && ipv4 !== 'false') throw unsupported('--ipv4', ipv4, 'true or false')
  return {
    name,
    driver,
    subnets: flags.subnet,
    ipv4: ipv4 === 'true',
    ipv6: flags.ipv6,
    gateways: flags.gateway,
    ipRanges: flags.ipRange,
    auxAddresses: flags.auxAddress,
    internal: flags.internal,
    ipamDriver: flags.ipamDriver,
    ipamOptions: readPairs(flags.ipamOpt),
    options: readPairs(flags.opt),
    labels: readPairs(flags.label),
  }
}
