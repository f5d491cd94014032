import type { Fault, Vector } from './vector.ts'

/** The text of a conf list, and what it means or why it is refused. */
export interface ConfListVector extends Vector {
  readonly text: string
  /** The content of the list once it is read; keys that are left out are not of interest. */
  readonly list?: {
    readonly name?: string
    /** The version that its requests carry. */
    readonly cniVersion?: string
    readonly disableCheck?: boolean
    readonly disableGc?: boolean
    readonly loadOnlyInlinedPlugins?: boolean
    /** The `type` of each plugin. */
    readonly types?: readonly string[]
    /** The text of each plugin as written. */
    readonly texts?: readonly string[]
  }
  readonly fault?: Fault
}

const list = (keys: string) => `{"name":"n",${keys}"plugins":[{"type":"t"}]}`
const fault = (says: string, code = 7): Fault => ({
  code,
  says: `error parsing configuration list: ${says}`,
})

/** Conf lists (SPEC 1, "Network configuration format"). */
export const confListVectors: readonly ConfListVector[] = [
  {
    section: 'SPEC 1, "Network configuration objects"',
    cases: 'case 1',
    rule: 'a list without a version is one of the empty version',
    text: list(''),
    list: { name: 'n', cniVersion: '', types: ['t'] },
  },
  {
    section: 'SPEC 1, "name"',
    cases: 'case 2',
    rule: 'a list without a name is refused',
    text: '{}',
    fault: fault('no name'),
  },
  {
    section: 'SPEC 1, "name"',
    cases: 'case 2',
    rule: 'null is a list without a name',
    text: 'null',
    fault: fault('no name'),
  },
  {
    section: 'SPEC 1, "name"',
    rule: 'a name that is no string is refused',
    text: '{"name":3}',
    fault: fault('invalid name type float64'),
  },
  {
    section: 'libcni',
    rule: 'keys of a list are matched in their exact spelling',
    text: '{"Name":"n","plugins":[{"type":"t"}]}',
    fault: fault('no name'),
  },
  {
    section: 'libcni',
    rule: 'the last of two equal keys counts',
    text: '{"name":"a","name":"b","plugins":[{"type":"x"}],"plugins":[{"type":"y"}]}',
    list: { name: 'b', types: ['y'] },
  },
  {
    section: 'libcni',
    rule: 'a text that is no object is refused',
    text: '[]',
    fault: fault('json: cannot unmarshal array'),
  },
  {
    section: 'SPEC 1, "cniVersion"',
    rule: 'a version that is no string is refused',
    text: list('"cniVersion":1,'),
    fault: fault('invalid cniVersion type float64'),
  },
  {
    section: 'SPEC 1, "cniVersion"',
    rule: 'a version that nobody knows is kept as it is',
    text: list('"cniVersion":"garbage",'),
    list: { cniVersion: 'garbage' },
  },
  {
    section: 'SPEC 1, "disableCheck"',
    cases: 'case 11',
    rule: 'true may be written as a string in any case',
    text: list('"disableCheck":"TRUE",'),
    list: { disableCheck: true },
  },
  {
    section: 'SPEC 1, "disableCheck"',
    cases: 'case 11',
    rule: 'false may be written as a string',
    text: list('"disableCheck":"false",'),
    list: { disableCheck: false },
  },
  ...(['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'] as const).flatMap(
    (key): readonly ConfListVector[] => [
      {
        section: `SPEC 1, "${key}"`,
        cases: 'case 11',
        rule: 'another string is refused',
        text: list(`"${key}":"adsf",`),
        fault: fault(`invalid value "adsf" for ${key}`),
      },
      {
        section: `SPEC 1, "${key}"`,
        cases: 'case 11',
        rule: 'a number is refused',
        text: list(`"${key}":1,`),
        fault: fault(`invalid type float64 for ${key}`),
      },
    ],
  ),
  {
    section: 'SPEC 1, "disableGC"',
    rule: 'is a flag',
    text: list('"disableGC":true,'),
    list: { disableGc: true },
  },
  {
    section: 'SPEC 1, "loadOnlyInlinedPlugins"',
    rule: 'needs a plugins key',
    text: '{"name":"n","loadOnlyInlinedPlugins":true}',
    fault: fault("`loadOnlyInlinedPlugins` is true, and no 'plugins' key"),
  },
  {
    section: 'SPEC 1, "plugins"',
    cases: 'case 13',
    rule: 'an empty list of plugins is refused',
    text: '{"name":"n","plugins":[]}',
    fault: fault('no plugins in list'),
  },
  {
    section: 'SPEC 1, "plugins"',
    cases: 'case 13',
    rule: 'plugins that are an object are refused',
    text: '{"name":"n","plugins":{}}',
    fault: fault("invalid 'plugins' type map[string]interface {}"),
  },
  {
    section: 'SPEC 1, "plugins"',
    cases: 'case 13',
    rule: 'plugins that are null are refused',
    text: '{"name":"n","plugins":null}',
    fault: fault("invalid 'plugins' type <nil>"),
  },
  {
    section: 'SPEC 1, "plugins"',
    rule: 'may be missing, for drop-in plugins to come',
    text: '{"name":"n"}',
    list: { name: 'n', types: [] },
  },
  {
    section: 'SPEC 1, "type"',
    cases: 'case 14',
    rule: 'a plugin without a type is refused by its position',
    text: '{"name":"n","plugins":[{}]}',
    fault: {
      code: 7,
      says: "failed to parse plugin config 0: error parsing configuration: missing 'type'",
    },
  },
  {
    section: 'SPEC 1, "type"',
    rule: 'the error names the position of a second plugin',
    text: '{"name":"n","plugins":[{"type":"a"},{"type":""}]}',
    fault: {
      code: 7,
      says: "failed to parse plugin config 1: error parsing configuration: missing 'type'",
    },
  },
  {
    section: 'libcni',
    rule: 'keys of a plugin are matched whatever their case',
    text: '{"name":"n","plugins":[{"Type":"t"}]}',
    list: { types: ['t'] },
  },
  {
    section: 'SPEC 1, "capabilities"',
    rule: 'a capability is true or false',
    text: '{"name":"n","plugins":[{"type":"t","capabilities":{"a":"yes"}}]}',
    fault: { code: 7, says: 'json: cannot unmarshal string' },
  },
  {
    section: 'SPEC 1, "ipam"',
    rule: 'is an object',
    text: '{"name":"n","plugins":[{"type":"t","ipam":"host-local"}]}',
    fault: { code: 7, says: 'json: cannot unmarshal string' },
  },
  {
    section: 'SPEC 1, "Plugin configuration objects"',
    rule: 'keys that only a plugin understands are kept as written',
    text: '{"name":"n","plugins":[{"zz":1.50, "type":"t","big":12345678901234567890}]}',
    list: { texts: ['{"zz":1.50, "type":"t","big":12345678901234567890}'] },
  },
  {
    section: 'libcni',
    rule: 'an empty text is not JSON',
    text: '',
    fault: fault('unexpected end of JSON input', 6),
  },
  {
    section: 'libcni',
    rule: 'nothing may follow the list',
    text: `${list('')} {}`,
    fault: fault('', 6),
  },
  {
    section: 'libcni',
    rule: 'a byte order mark is not JSON',
    text: `\ufeff${list('')}`,
    fault: fault('', 6),
  },
]
