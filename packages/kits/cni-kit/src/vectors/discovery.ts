import type { Fault, Vector } from './vector.ts'

/** A folder of conf files, a network looked for in it, and what is found. */
export interface DiscoveryVector extends Vector {
  /** Texts by name. */
  readonly files: Readonly<Record<string, string>>
  readonly network: string
  /** Texts of the network's folder of drop-in plugins, by name. Default: there is no such folder. */
  readonly dropIns?: Readonly<Record<string, string>>
  /** The name of the file that counts. */
  readonly file?: string
  /** The types of its plugins, drop-ins included. */
  readonly types?: readonly string[]
  readonly fault?: Fault
}

const list = (...types: readonly string[]) =>
  JSON.stringify({ name: 'n', plugins: types.map((type) => ({ type })) })
const section = 'libcni, LoadNetworkConf'
const dropIn = 'SPEC 1, "loadOnlyInlinedPlugins"'

/** Which file of a folder defines a network, and the plugins it then has. */
export const discoveryVectors: readonly DiscoveryVector[] = [
  {
    section,
    cases: 'case 16',
    rule: 'of two lists with the name the first by path counts',
    files: { '20-x.conflist': list('second'), '10-x.conflist': list('first') },
    network: 'n',
    file: '10-x.conflist',
    types: ['first'],
  },
  {
    section,
    cases: 'case 17',
    rule: 'a conflist counts before a conf that sorts first',
    files: { '49.conf': '{"name":"n","type":"single"}', '50.conflist': list('a', 'b', 'c') },
    network: 'n',
    file: '50.conflist',
    types: ['a', 'b', 'c'],
  },
  {
    section,
    cases: 'case 17',
    rule: 'a conf alone is wrapped into a list of itself',
    files: { '49.conf': '{"name":"n","type":"single"}' },
    network: 'n',
    file: '49.conf',
    types: ['single'],
  },
  {
    section,
    cases: 'case 19',
    rule: 'a missing name is reported with the folder',
    files: { '10.conflist': list('t') },
    network: 'other',
    fault: { code: 101, says: 'no net configuration with name "other" in ' },
  },
  {
    section,
    rule: 'a folder without files is reported as such',
    files: {},
    network: 'n',
    fault: { code: 101, says: 'no net configurations found in ' },
  },
  {
    section: 'docs/deviations.md',
    cases: 'case 20',
    rule: 'a broken file hides no other network',
    files: { '00-bad.conflist': '{', '10.conflist': list('t') },
    network: 'n',
    file: '10.conflist',
    types: ['t'],
  },
  {
    section,
    cases: 'case 20',
    rule: 'a broken file is reported, in the words of libcni, when no file has the name',
    files: { '00-bad.conflist': '{' },
    network: 'n',
    fault: {
      code: 101,
      says: 'error parsing configuration list: unexpected end of JSON input',
    },
  },
  {
    section,
    cases: 'case 23',
    rule: 'a json of one plugin is found and wrapped',
    files: { 'x.json': '{"name":"n","type":"single"}' },
    network: 'n',
    file: 'x.json',
    types: ['single'],
  },
  {
    section: 'docs/deviations.md',
    rule: 'a list that somebody called .conf is taken as what it is',
    files: { 'x.conf': list('a', 'b') },
    network: 'n',
    file: 'x.conf',
    types: ['a', 'b'],
  },
  {
    section: dropIn,
    cases: 'case 25',
    rule: 'drop-in plugins come after the inline ones',
    files: { '10.conflist': list('inline') },
    network: 'n',
    dropIns: { 'a.conf': '{"type":"dropped-in"}' },
    file: '10.conflist',
    types: ['inline', 'dropped-in'],
  },
  {
    section: dropIn,
    cases: 'case 26',
    rule: 'true keeps them out',
    files: {
      '10.conflist': '{"name":"n","loadOnlyInlinedPlugins":true,"plugins":[{"type":"inline"}]}',
    },
    network: 'n',
    dropIns: { 'a.conf': '{"type":"dropped-in"}' },
    file: '10.conflist',
    types: ['inline'],
  },
  {
    section: dropIn,
    rule: 'a list without plugins may have drop-ins alone, in the order of their names',
    files: { '10.conflist': '{"name":"n"}' },
    network: 'n',
    dropIns: { 'b.conf': '{"type":"b"}', 'a.conf': '{"type":"a"}' },
    file: '10.conflist',
    types: ['a', 'b'],
  },
  {
    section: dropIn,
    cases: 'case 28',
    rule: 'a list without any plugin is refused',
    files: { '10.conflist': '{"name":"n"}' },
    network: 'n',
    fault: { code: 7, says: 'no plugin configs found' },
  },
  {
    section: dropIn,
    cases: 'case 29',
    rule: 'an empty folder of drop-ins changes nothing',
    files: { '10.conflist': list('inline') },
    network: 'n',
    dropIns: {},
    file: '10.conflist',
    types: ['inline'],
  },
  {
    section: dropIn,
    rule: 'a broken drop-in is reported',
    files: { '10.conflist': list('inline') },
    network: 'n',
    dropIns: { 'a.conf': '{}' },
    fault: { code: 7, says: "error parsing configuration: missing 'type'" },
  },
]
