import { ioError, isObject } from '@vethra/cni'
import { chains, isOurTable, sets, tableComment, tableRuleCount, tableText } from '@vethra/firewall'
import type { FoundElement } from '@vethra/netlink'
import type { StrangeEntry } from '@vethra/world'
import { strangeElements } from '../observed/strange-elements.ts'
import { run } from '../run.ts'

/** Our table as nft(8) lists it; undefined where there is none. */
export interface ListedTable {
  readonly isCurrent: boolean
  /** The elements of each set, prefixes in full. */
  readonly elements: ReadonlyMap<string, readonly FoundElement[]>
}

/** Lists our table. Throws CniError 5 for one of a newer version, or of another program. */
export async function listTable(): Promise<ListedTable | undefined> {
  const terse = await run('nft', ['-t', 'list', 'table', 'inet', 'vethra'])
  if (terse.status !== 0) return undefined
  const comment = /^\tcomment "(.*)"$/m.exec(terse.stdout)?.[1] ?? ''
  if (!isOurTable(comment))
    throw ioError(
      `table inet vethra is of a newer version or of another program: its comment is ${JSON.stringify(comment)}`,
      'Use the newer vethra, or delete the table with nft delete table inet vethra.',
    )
  const { status, stdout, stderr } = await run('nft', ['-j', 'list', 'table', 'inet', 'vethra'])
  if (status !== 0) throw ioError(`cannot list table inet vethra: ${stderr.trim()}`)
  return { isCurrent: comment === tableComment, elements: elementsOf(JSON.parse(stdout)) }
}

/** Whether our table is switched on, and has as many rules as it was made with, and its policies. */
export async function isTableWhole(): Promise<boolean> {
  const { nftables } = await listing()
  const refuses = nftables.some(({ chain }) => chain?.policy === 'drop')
  const isDormant = nftables.some(({ table }) => [table?.flags].flat().includes('dormant'))
  const rules = nftables.filter(({ rule }) => rule !== undefined).length
  return !isDormant && !refuses && rules >= tableRuleCount()
}

/** The chains and the elements of our table that are not of our making; rules are not told apart. */
export async function strangeEntries(): Promise<readonly StrangeEntry[]> {
  const { nftables } = await listing()
  const own = new Set(chains.map(({ chain }) => chain))
  const strange = nftables.flatMap(({ chain }) => (chain && !own.has(chain.name) ? [chain] : []))
  const placed = [...elementsOf({ nftables })].flatMap(([set, elements]) =>
    elements.map((element) => ({ set, element })),
  )
  return [
    ...strange.map(({ name, policy }) => ({
      deletion: `delete chain inet vethra ${name}`,
      refuses: policy === 'drop',
    })),
    ...strangeElements(placed),
  ]
}

async function listing(): Promise<Listing> {
  const { stdout } = await run('nft', ['-j', 'list', 'table', 'inet', 'vethra'])
  return stdout === '' ? { nftables: [] } : JSON.parse(stdout)
}

/** Makes our table, or fills its chains again; its elements stay. Throws CniError 5 where nft fails, or as `listTable` does. */
export async function fillTable(): Promise<void> {
  await listTable()
  const { status, stderr } = await run('nft', ['-f', '-'], tableText())
  if (status !== 0) throw ioError(`cannot fill table inet vethra: ${stderr.trim()}`)
}

interface Listing {
  readonly nftables: readonly {
    readonly table?: { readonly flags?: string | readonly string[] }
    readonly rule?: unknown
    readonly chain?: { readonly name: string; readonly policy?: string }
    readonly set?: ListedSet
    readonly map?: ListedSet
  }[]
}

interface ListedSet {
  readonly name: string
  readonly elem?: readonly unknown[]
}

function elementsOf({ nftables }: Listing): ListedTable['elements'] {
  return new Map(
    nftables.flatMap(({ set, map }) => {
      const listed = set ?? map
      if (listed === undefined || !sets.some((each) => each.set === listed.name)) return []
      const found = (listed.elem ?? []).map((each) => elementOf(each, map !== undefined))
      return [[listed.name, found] as const]
    }),
  )
}

interface ListedElement {
  readonly val?: unknown
  readonly comment?: string
}

// libnftables-json(5): an element is its key, or an object with key and comment; that of a map is a pair.
function elementOf(listed: unknown, isMap: boolean): FoundElement {
  const [key, data] = isMap ? (listed as readonly unknown[]) : [listed]
  const elem = isObject(key) ? (key['elem'] as ListedElement | undefined) : undefined
  const { val = key, comment = '' } = elem ?? {}
  const common = { key: fieldsOf(val), comment, ends: false }
  return data === undefined ? common : { ...common, data: fieldsOf(data) }
}

function fieldsOf(listed: unknown): readonly string[] {
  if (typeof listed !== 'object' || listed === null) return [String(listed)]
  const { concat, prefix, range } = listed as {
    concat?: readonly unknown[]
    range?: readonly string[]
    prefix?: { addr: string; len: number }
  }
  if (prefix) return [`${prefix.addr}/${prefix.len}`]
  return range ? [range.join('-')] : (concat ?? []).flatMap(fieldsOf)
}
