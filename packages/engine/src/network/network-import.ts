import { CniError } from '@vethra/cni'
import {
  createLine,
  type ForeignNetwork,
  type Lost,
  type Network,
  networkDifferences,
} from '@vethra/networks'
import { readSurroundings, type Surroundings, withNetwork } from './host-facts.ts'
import { createAmong, planAmong } from './network-create.ts'
import type { ManageTools } from './tools.ts'

/** A network of another program, and what is done with it. */
export interface ImportRow {
  readonly Name: string
  /** The file or the command that it is from. */
  readonly Source: string
  /**
   * `new`: would be created; `created`; `equal`: exists already; `passed`: needs no import; `refused`: cannot be, by Reason.
   */
  readonly Status: 'new' | 'created' | 'equal' | 'passed' | 'refused'
  /** Why it is passed or refused, causes included; empty otherwise. */
  readonly Reason: string
  /** The way out of a refusal; empty where none is known. */
  readonly Hint: string
  readonly Driver: string
  readonly Subnets: readonly string[]
  /** The command that creates it; empty for a network that cannot be translated. */
  readonly Command: string
  /** The parts that have no equal. */
  readonly Lost: readonly LostRow[]
  /** Notes of its creation. */
  readonly Notes: readonly string[]
}

/** A part of a network that has no equal. */
interface LostRow {
  readonly Field: string
  readonly Value: string
  readonly Why: string
}

/** The rows of an import that changes nothing: each network as if those before it had been created. */
export async function planImport(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
): Promise<readonly ImportRow[]> {
  return rowsOf(tools, networks, { status: 'new', make: planAmong })
}

/**
 * Creates the networks that can be, in their order, under one lock: what is there is read once. A network that fails is refused,
 * and the others are created all the same.
 */
export async function applyImport(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
): Promise<readonly ImportRow[]> {
  return tools.networks.exclusively(() =>
    rowsOf(tools, networks, { status: 'created', make: createAmong }),
  )
}

/** The status of an imported network, and the function that makes it. */
interface Making {
  readonly status: 'new' | 'created'
  readonly make: typeof planAmong
}

async function rowsOf(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
  making: Making,
): Promise<readonly ImportRow[]> {
  const rows: ImportRow[] = []
  let around = await readSurroundings(tools)
  for (const each of networks) {
    try {
      const twin = rows.find(({ Name, Status }) => Name === each.name && Status !== 'passed')
      if (twin && each.kind === 'wanted') throw twice(each, twin)
      const { row, made } = await outcomeOf(tools, each, { ...making, around })
      rows.push({ ...rowOf(each), ...row })
      if (made) around = withNetwork(around, made)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      rows.push({ ...rowOf(each), ...refused(error) })
    }
  }
  return rows
}

interface Outcome {
  readonly row: Partial<ImportRow> & Pick<ImportRow, 'Status'>
  /** The network that the next ones must fit in with. */
  readonly made?: Network
}

async function outcomeOf(
  tools: ManageTools,
  network: ForeignNetwork,
  { status, make, around }: Making & { readonly around: Surroundings },
): Promise<Outcome> {
  if (network.kind === 'refused') throw network.error
  if (network.kind === 'passed') return { row: { Status: 'passed', Reason: network.why } }
  const { name, options, source } = network
  const existing = around.networks.find((each) => each.name === name)
  if (existing === undefined) {
    const { network: made, notes } = await explained(() => make(tools, options, around))
    return { row: { Status: status, Notes: notes }, made }
  }
  const differences = existing.file === source ? [] : networkDifferences(existing, options)
  if (differences.length === 0) return { row: { Status: 'equal' } }
  throw new CniError({
    code: 102,
    message: `network ${name} exists and differs: ${differences.join('; ')}`,
    hint: `Remove it with "vethra network rm ${name}", or create the other one under another name by the command of "vethra import --format json".`,
  })
}

async function explained<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (cause) {
    // Its subnet is in use: while the other program runs, by its own bridge.
    if (!(cause instanceof CniError) || cause.code !== 102) throw cause
    const { code, message } = cause
    const hint = 'Remove it in the other program first, or create it by hand with another subnet.'
    throw new CniError({ code, message, cause: cause.cause, hint })
  }
}

function rowOf(network: ForeignNetwork): Omit<ImportRow, 'Status'> {
  const options = network.kind === 'wanted' ? network.options : undefined
  return {
    Name: network.name,
    Source: network.source,
    Reason: '',
    Hint: '',
    Driver: options?.driver ?? '',
    Subnets: options?.subnets ?? [],
    Command: options === undefined ? '' : createLine(options),
    Lost: network.kind === 'wanted' ? network.lost.map(lostRow) : [],
    Notes: [],
  }
}

function lostRow({ field, value, why }: Lost): LostRow {
  return { Field: field, Value: value, Why: why }
}

function refused(error: CniError): Pick<ImportRow, 'Status' | 'Reason' | 'Hint'> {
  const { message, hint = '', cause } = error
  const causes = cause instanceof CniError ? `: ${refused(cause).Reason}` : ''
  return { Status: 'refused', Reason: `${message}${causes}`, Hint: hint }
}

function twice({ name }: ForeignNetwork, { Source }: ImportRow): CniError {
  return new CniError({
    code: 102,
    message: `another network of this import is called ${name}, too (${Source})`,
    hint: 'Rename one of them in the other program, or create it by hand under another name.',
  })
}
