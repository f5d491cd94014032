import { present } from '@vethra/cni'
import type { FilterChain, FilterRule, FilterTable, FilterTest } from './filter-table.ts'
import { passMark } from './pass-mark.ts'

/** A table as `nft -a -s -y list table` prints it: numbers for priorities, handles behind rules. */
export function readNftTable(name: string, text: string): FilterTable {
  const family = { ip: 4, ip6: 6 }[name.split(' ')[0] ?? ''] as 4 | 6 | undefined
  const chains = text.split(/^\tchain /m).slice(1)
  return {
    ...{ program: 'nft', name, ...present({ family }) },
    chains: new Map(chains.map((each) => [each.slice(0, each.indexOf(' ')), readChain(each)])),
  }
}

const baseLine = /^type \S+ hook (\S+)(?: devices? = ?\{([^}]*)\}| device (\S+))? priority (-?\d+)/

function readChain(text: string): FilterChain {
  const body = text.slice(text.indexOf('\n') + 1).split('\n\t}')[0] ?? ''
  const lines = body.split('\n').flatMap((line) => line.trim() || [])
  const base = baseLine.exec(lines[0] ?? '')
  const [, hook, several, device = several ?? '', priority = '0'] = base ?? []
  return {
    ...present({ hook }),
    priority: Number(priority),
    devices: device.match(/[^\s",]+/g) ?? [],
    drops: base !== null && / policy drop;/.test(lines[0] ?? ''),
    rules: (base ? lines.slice(1) : lines).map(readRule),
  }
}

function readRule(text: string): FilterRule {
  const [, line = text, handle] = /^(.*?) # handle (\d+)$/.exec(text) ?? []
  const tests: FilterTest[] = []
  let verdict: Pick<FilterRule, 'does' | 'to'> = { does: 'next', to: '' }
  for (let rest = line; rest !== ''; ) {
    const part = parts.find(({ form }) => form.test(rest)) ?? other
    const found = part.form.exec(rest) ?? [rest]
    const read = part.read(found)
    if ('does' in read) verdict = read
    else if ('tests' in read) tests.push(...read.tests)
    rest = rest.slice(found[0].length).trimStart()
  }
  return { line, ...present({ handle }), tests, ...verdict }
}

type Read =
  | Pick<FilterRule, 'does' | 'to'>
  | { readonly tests: readonly FilterTest[] }
  | Record<never, never>

interface Part {
  readonly form: RegExp
  readonly read: (found: readonly string[]) => Read
}

const value = '(?:(==|!=) )?("[^"]*"|\\{[^}]*\\}|\\S+)(?= |$)'
const mark = `0x0*${passMark.toString(16)}`

// Each thing that a rule may begin with, the first that fits: what is without effect on the packet's way, verdicts, and tests.
const parts: readonly Part[] = [
  { form: /^(counter|comment "[^"]*"|meta mark set .*)(?= |$)/, read: () => ({}) },
  { form: /^notrack\b/, read: () => ({ does: 'untrack', to: '' }) },
  { form: /^(dnat|redirect|tproxy)\b.*/, read: () => ({ does: 'divert', to: '' }) },
  { form: /^snat (?:ip6? )?to (\S+).*/, read: ([, to = '']) => ({ does: 'disguise', to }) },
  {
    form: /^log(?: (?:prefix "[^"]*"|(?:level|flags|group|snaplen|queue-threshold) \S+))*(?= |$)/,
    read: () => ({}),
  },
  { form: /^.*\bvmap\b.*/, read: () => ({ does: 'other', to: '' }) },
  { form: /^masquerade\b.*/, read: () => ({ does: 'accept', to: '' }) },
  { form: /^(accept|drop|return)(?= |$)/, read: ([does]) => ({ does, to: '' }) as Read },
  { form: /^(reject|fwd)\b.*/, read: () => ({ does: 'drop', to: '' }) },
  { form: /^ct zone set \d+(?= |$)/, read: () => ({ does: 'zone', to: '' }) },
  {
    form: /^queue (?:num|(?:flags fanout )?to) (\d+(?:-\d+)?)(?: fanout)?(?= #|$)/,
    read: ([, to = '']) => ({ does: 'queue', to }),
  },
  { form: /^queue\b.*/, read: () => ({ does: 'other', to: '' }) },
  {
    form: /^(jump|goto) (\S+)/,
    read: ([, does, to]) => ({ does, to }) as Read,
  },
  {
    form: new RegExp(`^meta mark & ${mark} == ${mark}(?= |$)`),
    read: () => ({ tests: [{ field: 'mark', values: ['pass'], not: false }] }),
  },
  {
    form: new RegExp(`^(?:meta )?(iif|oif|ibr|obr)(?:name)? ${value}`),
    read: ([, field, op, given]) => ({ tests: [testOf(`${field}name`, given, op)] }),
  },
  {
    form: new RegExp(`^(ip6?) (saddr|daddr) ${value}`),
    read: ([, family, field, op, given]) => ({
      tests: [testOf('family', family), testOf(field, given, op)],
    }),
  },
  {
    form: new RegExp(`^ether (s|d)addr ${value}`),
    read: ([, end, op, given]) => ({ tests: [testOf(`${end}mac`, given, op)] }),
  },
  {
    form: new RegExp(`^(?:(ip) protocol|(ip6) nexthdr|meta l4proto) ${value}`),
    read: ([, four, six, op, given]) => ({
      tests: [
        ...[four ?? six ?? []].flat().map((family) => testOf('family', family)),
        testOf('protocol', given, op),
      ],
    }),
  },
  {
    form: new RegExp(`^meta (?:nfproto|protocol) ${value}`),
    read: ([, op, given]) => ({ tests: [testOf('family', given, op)] }),
  },
  {
    form: new RegExp(`^(tcp|udp|sctp|th) dport ${value}`),
    read: ([, protocol, op, given]) => ({
      tests: [
        ...(protocol === 'th' ? [] : [testOf('protocol', protocol)]),
        testOf('dport', given, op),
      ],
    }),
  },
  {
    form: new RegExp(`^ct (?:state|status) ${value}`),
    read: ([, op, given]) => ({ tests: [testOf('state', given, op)] }),
  },
]

const other: Part = { form: /^("[^"]*"|\{[^}]*\}|\S+)/, read: () => ({ tests: [testOf()] }) }

const families: Readonly<Record<string, string>> = { ip: '4', ipv4: '4', ip6: '6', ipv6: '6' }

function testOf(field = '', given = '', op = ''): FilterTest {
  const values = given.match(/[^\s",{}]+/g) ?? []
  // Sets by name, ranges, and names of numbers that this does not know.
  const isRange = field !== 'dport' && /\d-\d/.test(given)
  const isRead = values.length > 0 && !isRange && !/[@&|]|^-/.test(given)
  return {
    field: isRead ? (field as FilterTest['field']) : 'unknown',
    values: field === 'family' ? values.map((each) => families[each] ?? '') : values,
    not: op === '!=',
  }
}
