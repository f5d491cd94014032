import { CniError, inUseError } from '@vethra/cni'
import { checkSubnets, createLine, type ForeignNetwork, networkDifferences } from '@vethra/networks'
import { inSequence } from '../attach/sequence.ts'
import { emitNetwork } from '../emit-events.ts'
import { readSurroundings, type Surroundings, withNetwork } from './host-facts.ts'
import { type PlannedNetwork, planAmong } from './network-create.ts'
import type { ManageTools } from './tools.ts'

/** A network of another program, and what is done with it. */
export interface ImportRow {
  readonly Name: string
  /** The file or the command that it is from. */
  readonly Source: string
  /** `new`: to be created; `created`; `equal`: exists already; `passed`: needs no import; `refused`: cannot be, by Reason. */
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

/** The rows of an import that changes nothing: each network as if those before it had been created. Throws CniError 7 for more than 2000 subnets. */
export async function planImport(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
): Promise<readonly ImportRow[]> {
  return (await planned(tools, networks)).map(({ row }) => row)
}

/** Creates networks in order, under one lock, or none: a refused one stops all, a failure removes those before. Throws as `planImport`. */
export async function applyImport(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
): Promise<readonly ImportRow[]> {
  return tools.networks.exclusively(async () => {
    const all = await planned(tools, networks)
    const rows = all.map(({ row }) => row)
    if (rows.some(({ Status }) => Status === 'refused')) return rows
    return createAll(tools, all)
  })
}

/** A network with its row, before anything is created. */
interface Planned {
  readonly row: ImportRow
  /** The network that is to be created. */
  readonly made?: PlannedNetwork
}

async function planned(
  tools: ManageTools,
  networks: readonly ForeignNetwork[],
): Promise<readonly Planned[]> {
  checkSubnets(networks)
  const all: Planned[] = []
  let around = await readSurroundings(tools)
  for (const each of networks) {
    const twin = all.find(({ row }) => row.Name === each.name && row.Status !== 'passed')
    try {
      if (twin && each.kind === 'wanted') throw twice(each, twin.row)
      const { row, made } = await outcomeOf(tools, each, around)
      all.push({ row: { ...rowOf(each), ...row }, ...(made ? { made } : {}) })
      if (made) around = withNetwork(around, made.network)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      all.push({ row: { ...rowOf(each), ...refused(error) } })
    }
  }
  return all
}

async function createAll(
  tools: ManageTools,
  all: readonly Planned[],
): Promise<readonly ImportRow[]> {
  const { networks, host } = tools
  const created = new Set<Planned>()
  const outcome = await inSequence(async (step) => {
    for (const each of all) {
      const { made } = each
      if (made === undefined) continue
      const remove = () => networks.remove(made.file)
      await step(made.name, () => networks.create(made.name, made.text), remove)
      created.add(each)
    }
  })
  if ('failed' in outcome) return rowsOfFailure(all, created, outcome.failed)
  for (const { made } of created) if (made) await emitNetwork(host, 'network-created', made.name)
  return all.map((each) => (created.has(each) ? { ...each.row, Status: 'created' } : each.row))
}

// The first that was not created is the one that failed.
function rowsOfFailure(
  all: readonly Planned[],
  created: ReadonlySet<Planned>,
  error: unknown,
): readonly ImportRow[] {
  if (!(error instanceof CniError)) throw error
  const failed = all.find((each) => each.made && !created.has(each))
  return all.map((each) => (each === failed ? { ...each.row, ...refused(error) } : each.row))
}

interface Outcome {
  readonly row: Partial<ImportRow> & Pick<ImportRow, 'Status'>
  readonly made?: PlannedNetwork
}

async function outcomeOf(
  tools: ManageTools,
  network: ForeignNetwork,
  around: Surroundings,
): Promise<Outcome> {
  if (network.kind === 'refused') throw network.error
  if (network.kind === 'passed') return { row: { Status: 'passed', Reason: network.why } }
  const { name, options, source } = network
  const existing = around.networks.find((each) => each.name === name)
  if (existing === undefined) {
    const made = await explained(() => planAmong(tools, options, around))
    return { row: { Status: 'new', Notes: made.notes }, made }
  }
  const differences = existing.file === source ? [] : networkDifferences(existing, options)
  if (differences.length === 0) return { row: { Status: 'equal' } }
  throw inUseError(
    `network ${name} exists and differs: ${differences.join('; ')}`,
    `Remove it with "vethra network rm ${name}", or create the other one under another name by the command of "vethra import --format json".`,
  )
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
    Lost:
      network.kind === 'wanted'
        ? network.lost.map(({ field: Field, value: Value, why: Why }) => ({ Field, Value, Why }))
        : [],
    Notes: [],
  }
}

function refused(error: CniError): Pick<ImportRow, 'Status' | 'Reason' | 'Hint'> {
  return { Status: 'refused', Reason: reasonOf(error), Hint: error.hint ?? '' }
}

// Failures of an undo are among the causes.
function reasonOf(error: Error): string {
  const { cause } = error
  const causes = cause instanceof AggregateError ? cause.errors : [cause]
  const reasons = causes.flatMap((each) => (each instanceof CniError ? reasonOf(each) : []))
  return [error.message, ...reasons].join(': ')
}

function twice({ name }: ForeignNetwork, { Source }: ImportRow): CniError {
  return inUseError(
    `another network of this import is called ${name}, too (${Source})`,
    'Rename one of them in the other program, or create it by hand under another name.',
  )
}
