import type { NftType } from '@vethra/netlink'
import type { PlacedElement } from './effects.ts'
import { ruleText } from './rule.ts'
import { tableRules } from './table-rules.ts'
import { chains, passingSets, sets, tableComment, vethraTable } from './vethra-table.ts'

const name = `${vethraTable.family} ${vethraTable.table}`

/** The table as nft(8) reads it from a file, in one transaction: what `makeTable` does over netlink. */
export function tableText(): string {
  return [
    `table ${name} {`,
    `\tcomment "${tableComment}"`,
    ...[...sets, ...passingSets].map(setText),
    ...chains.map(({ chain, base }) =>
      base ? chainText(chain, baseText(base)) : chainText(chain),
    ),
    '}',
    ...chains.map(({ chain }) => `flush chain ${name} ${chain}`),
    ...Object.entries(tableRules()).flatMap(([chain, rules]) =>
      rules.map((rule) => `add rule ${name} ${chain} ${ruleText(rule)}`),
    ),
    '',
  ].join('\n')
}

function setText({ set, key, data, interval, passing }: (typeof sets)[number]): string {
  const kind = data ? 'map' : 'set'
  const type = data ? `${joined(key)} : ${joined(data)}` : joined(key)
  const more = passing ? passingText(passing) : interval ? ' flags interval;' : ''
  return `\t${kind} ${set} { type ${type};${more} }`
}

function passingText(given: NonNullable<(typeof sets)[number]['passing']>): string {
  const { most, timeoutMs, isMetered } = given
  const flags = isMetered ? 'dynamic,timeout' : 'timeout'
  return ` size ${most}; flags ${flags}; timeout ${timeoutMs / 1000}s;`
}

function joined(fields: readonly NftType[]): string {
  return fields.join(' . ')
}

function baseText(given: NonNullable<(typeof chains)[number]['base']>): string {
  const { type, hook, priority, policy } = given
  return `type ${type} hook ${hook} priority ${priority}; policy ${policy};`
}

function chainText(chain: string, base = ''): string {
  return `\tchain ${chain} { ${base} }`
}

/** Elements as nft(8) reads them from a file: one line each. */
export function elementText(kind: 'add' | 'delete', { set, element }: PlacedElement): string {
  const { key, data, comment } = element
  const shape = sets.find((each) => each.set === set)
  const keys = key.map((each, at) => (shape?.key[at] === 'ifname' ? `"${each}"` : each)).join(' . ')
  const said = comment === undefined || kind === 'delete' ? '' : ` comment "${comment}"`
  const led = data === undefined || kind === 'delete' ? '' : ` : ${data.join(' . ')}`
  return `${kind} element ${name} ${set} { ${keys}${said}${led} }`
}
