import type { Fault, Vector } from './vector.ts'

/** A name that an operation is given, and why it is refused, if it is. */
export interface NameVector extends Vector {
  readonly kind: 'containerId' | 'network' | 'ifname'
  readonly name: string
  readonly fault?: Fault
}

const id = { section: 'SPEC 2, "CNI_CONTAINERID"', kind: 'containerId' } as const
const network = { section: 'SPEC 1, "name"', kind: 'network' } as const
const ifname = { section: 'SPEC 2, "CNI_IFNAME"', kind: 'ifname' } as const
const space = 'interface name contains / or : or whitespace characters'

const refusedIfnames: readonly (readonly [string, string])[] = [
  ['', 'interface name is empty'],
  ['0123456789abcdef', 'interface name is too long'],
  ['éééééééé', 'interface name is too long'],
  ['.', 'interface name is . or ..'],
  ['..', 'interface name is . or ..'],
  ['a/b', space],
  ['a:b', space],
  ['a b', space],
  ['a\tb', space],
  ['a\u0085b', space],
  ['a\u3000b', space],
]

/** Names (SPEC 1, "name", and SPEC 2, "Parameters"). */
export const nameVectors: readonly NameVector[] = [
  ...['a', '0', 'a.b-c_d', 'x'.repeat(300)].map(
    (name): NameVector => ({
      ...id,
      rule: `a letter or digit, then letters, digits, dot, dash, underscore: ${name.slice(0, 9)}`,
      name,
    }),
  ),
  {
    ...id,
    cases: 'case 38',
    rule: 'other characters are refused',
    name: 'some-%%container-id',
    fault: { code: 4, says: 'invalid characters in containerID' },
  },
  ...['-a', '../x', 'a\n', 'a/b', 'ä'].map(
    (name): NameVector => ({
      ...id,
      rule: `${JSON.stringify(name)} is refused`,
      name,
      fault: { code: 4, says: 'invalid characters in containerID' },
    }),
  ),
  {
    ...id,
    rule: 'must not be empty',
    name: '',
    fault: { code: 3, says: 'missing containerID' },
  },
  { ...network, rule: 'follows the same rule', name: 'lan.1' },
  {
    ...network,
    rule: 'must not be empty',
    name: '',
    fault: { code: 7, says: 'missing network name:' },
  },
  ...['../other', 'te%%st', 'a b', '.hidden', 'a\n'].map(
    (name): NameVector => ({
      ...network,
      rule: `${JSON.stringify(name)} is refused`,
      name,
      fault: { code: 7, says: 'invalid characters found in network name' },
    }),
  ),
  ...['eth0', '...', 'a%b', '0123456789abcde', 'a\ufeffb'].map(
    (name): NameVector => ({
      ...ifname,
      rule: `${JSON.stringify(name)} is one`,
      name,
    }),
  ),
  ...refusedIfnames.map(
    ([name, says]): NameVector => ({
      ...ifname,
      cases: 'case 40',
      rule: `${JSON.stringify(name)} is refused`,
      name,
      fault: { code: 4, says },
    }),
  ),
]
