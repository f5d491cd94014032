import { ioError } from '@vethra/cni'
import { elementText, type PlacedElement, tableText } from '@vethra/firewall'
import { runProgram } from '@vethra/plugin-exec/programs'
import { type Change, describeChange, type Publish, targetOf } from '@vethra/state'
import type { Applied } from '@vethra/world'
import { forAll, removeAdminJumps } from '../applied/admin-chains.ts'
import { removeSources } from '../applied/firewalld.ts'
import { admitsIn, elementsIn } from '../applied/groups.ts'
import { overlapOf } from '../applied/overlap.ts'
import { run } from '../run.ts'
import { type ListedTable, listTable } from './nft-table.ts'
import { putPassages, removePassages } from './passages.ts'
import { tableEffects } from './table-effects.ts'

/** Applies changes of the firewall in one run of nft(8): a change that is refused is not told from the others. */
export async function applyEffects(
  group: readonly Change[],
  zoneRecords: string,
): Promise<Applied> {
  const table = await listTable()
  const text = transaction(group, table)
  if (text !== '') {
    const { status, stderr } = await run('nft', ['-f', '-'], text)
    if (status !== 0) return { done: [], ...failure(group, stderr, table) }
  }
  await forgetStaleFlows(group)
  await tendPassages(group, zoneRecords)
  return { done: group }
}

async function tendPassages(group: readonly Change[], zoneRecords: string): Promise<void> {
  const made = admitsIn(group.filter(({ kind }) => kind !== 'remove'))
  if (made.length > 0) return putPassages(zoneRecords, made)
  const admits = admitsIn(group)
  removeSources(zoneRecords, admits)
  removeAdminJumps(zoneRecords, admits)
  if (admits.length === 0 || hasNetworks(await listTable())) return
  await removePassages()
  removeAdminJumps(zoneRecords, [forAll])
}

function hasNetworks(table: ListedTable | undefined): boolean {
  return (table?.elements.get('bridges') ?? []).length > 0
}

function failure(
  group: readonly Change[],
  stderr: string,
  table: ListedTable | undefined,
): Pick<Applied, 'failed'> {
  const [change] = group
  if (change === undefined) return {}
  const effects = tableEffects(table)
  for (const each of group) {
    const error = overlapOf(each, effects)
    if (error) return { failed: { change: each, error } }
  }
  const more = group.length === 1 ? '' : `, or one of ${group.length - 1} more`
  const error = ioError(`cannot ${describeChange(change)}${more}: nft failed`, {
    details: stderr.trim(),
  })
  return { failed: { change, error } }
}

function transaction(group: readonly Change[], table: ListedTable | undefined): string {
  const added = elementsIn(group, 'make', 'alter')
  const gone = elementsIn(group, 'remove').filter((each) => table && isPresent(table, each))
  if (added.length === 0 && gone.length === 0) return ''
  return [
    startOf(table),
    ...gone.map((each) => elementText('delete', each)),
    ...added.map((each) => elementText('add', each)),
    '',
  ].join('\n')
}

// A table of an older version is made anew with what it holds.
function startOf(table: ListedTable | undefined): string {
  if (table === undefined) return tableText()
  if (table.isCurrent) return ''
  const held = [...table.elements].flatMap(([set, elements]) =>
    elements.map((element) => elementText('add', { set, element: withComment(element) })),
  )
  return ['delete table inet vethra', tableText(), ...held].join('\n')
}

function withComment({ comment, ...element }: PlacedElement['element']): PlacedElement['element'] {
  return comment ? { ...element, comment } : element
}

function isPresent({ elements }: ListedTable, { set, element }: PlacedElement): boolean {
  const key = plainKey(element.key)
  return (elements.get(set) ?? []).some((each) => plainKey(each.key) === key)
}

// nft(8) prints the prefix of one address without its length.
function plainKey(key: readonly string[]): string {
  return key.map((field) => field.replace(/\/(32|128)$/, '')).join(' ')
}

// Without conntrack(8) such flows end when they are silent for 30 seconds.
async function forgetStaleFlows(group: readonly Change[]): Promise<void> {
  const ports = group.flatMap((change): readonly Publish[] => {
    const { resource } = targetOf(change)
    return resource.kind === 'publish' && resource.protocol === 'udp' ? [resource] : []
  })
  for (const { address, hostPort } of ports) {
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    const of = ['-f', family, '-p', 'udp', '--orig-port-dst', String(hostPort)]
    await runProgram('conntrack', ['-D', ...of])
  }
}
