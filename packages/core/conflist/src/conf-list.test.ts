import type { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { parseConfFile, parseConfList, selectVersion } from './index.ts'

function fault(run: () => unknown): Pick<CniError, 'code' | 'message'> | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as CniError
  }
}

const list = (keys: string) => `{"name":"n",${keys}"plugins":[{"type":"t"}]}`

describe('parseConfList', () => {
  it('keeps what the list says and each plugin as written', () => {
    const plugin =
      '{ "zz": 12345678901234567890,\n "type": "bridge", "1": 1.50, "ipam": {"type":"host-local"} }'
    const parsed = parseConfList(`{"cniVersion":"1.0.0","name":"lan","plugins":[${plugin}]}`)
    expect(parsed).toMatchObject({ name: 'lan', cniVersion: '1.0.0', disableCheck: false })
    expect(parsed.plugins).toEqual([
      { type: 'bridge', capabilities: {}, ipamType: 'host-local', text: plugin },
    ])
  })

  it.each([
    ['{}', 7, 'error parsing configuration list: no name'],
    ['null', 7, 'error parsing configuration list: no name'],
    ['{"name":1}', 7, 'error parsing configuration list: invalid name type float64'],
    ['{"Name":"n"}', 7, 'error parsing configuration list: no name'],
    [
      list('"cniVersion":1,'),
      7,
      'error parsing configuration list: invalid cniVersion type float64',
    ],
    [
      list('"cniVersions":{},'),
      7,
      'error parsing configuration list: invalid type for cniVersions: map[string]interface {}',
    ],
    [
      list('"cniVersions":[1],'),
      7,
      'error parsing configuration list: invalid type for cniVersions index 0: float64',
    ],
    [
      list('"cniVersions":["1.0.f"],'),
      7,
      'error parsing configuration list: invalid cniVersions entry 1.0.f at index 0: failed to convert micro version part "f": strconv.Atoi: parsing "f": invalid syntax',
    ],
    [
      list('"disableCheck":"adsf",'),
      7,
      'error parsing configuration list: invalid value "adsf" for disableCheck',
    ],
    [
      list('"disableGC":1,'),
      7,
      'error parsing configuration list: invalid type float64 for disableGC',
    ],
    [
      '{"name":"n","loadOnlyInlinedPlugins":true}',
      7,
      "error parsing configuration list: `loadOnlyInlinedPlugins` is true, and no 'plugins' key",
    ],
    [
      '{"name":"n","plugins":{}}',
      7,
      "error parsing configuration list: invalid 'plugins' type map[string]interface {}",
    ],
    [
      '{"name":"n","plugins":null}',
      7,
      "error parsing configuration list: invalid 'plugins' type <nil>",
    ],
    ['{"name":"n","plugins":[]}', 7, 'error parsing configuration list: no plugins in list'],
    [
      '{"name":"n","plugins":[{}]}',
      7,
      "failed to parse plugin config 0: error parsing configuration: missing 'type'",
    ],
    [
      '{"name":"n","plugins":[{"type":"t","capabilities":{"a":1}}]}',
      7,
      'failed to parse plugin config 0: error parsing configuration: json: cannot unmarshal number into Go struct field PluginConf.capabilities',
    ],
    ['{', 6, 'error parsing configuration list: unexpected end of JSON input at line 1, column 2'],
    ['', 6, 'error parsing configuration list: unexpected end of JSON input at line 1, column 1'],
    [
      '{"name":"n",\n "plugins":[{"type":"t"},]}',
      6,
      'error parsing configuration list: invalid JSON: value expected at line 2, column 26',
    ],
    [
      '{"name":"n"} // no',
      6,
      'error parsing configuration list: invalid JSON: invalid comment token at line 1, column 14',
    ],
  ])('refuses %j', (text, code, message) => {
    expect(fault(() => parseConfList(text))).toMatchObject({ code, message })
  })

  it.each([
    ['"disableCheck":"TRUE",', true],
    ['"disableCheck":"false",', false],
    ['"disableCheck":true,', true],
  ])('reads the flag %s', (keys, disableCheck) => {
    expect(parseConfList(list(keys)).disableCheck).toBe(disableCheck)
  })

  it.each([
    ['{"type":"x","Type":"y"}', "'type' is written as type and as Type"],
    ['{"type":"x","Capabilities":{},"capabilities":{}}', "'capabilities' is written as "],
    ['{"IPAM":{},"type":"x","ipam":{"type":"y"}}', "'ipam' is written as IPAM and as ipam"],
    ['{"type":"x","ipam":{"type":"y","TYPE":"z"}}', "'ipam.type' is written as type and as TYPE"],
  ])(
    'refuses a key in two spellings, of which plugins and libcni may read another: %s',
    (text, message) => {
      expect(fault(() => parseConfList(`{"name":"n","plugins":[${text}]}`))).toMatchObject({
        code: 7,
        message: expect.stringContaining(message),
      })
    },
  )

  it('knows the keys of a plugin whatever their case', () => {
    const parsed = parseConfList('{"name":"n","plugins":[{"TYPE":"x","Capabilities":{"a":true}}]}')
    expect(parsed.plugins[0]).toMatchObject({ type: 'x', capabilities: { a: true } })
  })

  it('a list without a version is one, and so is a list without plugins', () => {
    expect(parseConfList(list('')).cniVersion).toBe('')
    expect(parseConfList('{"name":"n"}').plugins).toEqual([])
  })
})

describe('selectVersion', () => {
  it.each([
    ['', ['1.1.0', '0.4.0', '1.0.0'], '1.1.0'],
    ['', ['99.0.0', '1.1.0', '0.4.0'], '1.1.0'],
    ['', [], ''],
    ['9.9.9', ['9.0.0'], '9.9.9'],
    ['1.0.0', ['0.4.0'], '1.0.0'],
    ['garbage', undefined, 'garbage'],
  ])('cniVersion %j with %j gives %j', (version, versions, selected) => {
    expect(selectVersion(version, versions)).toBe(selected)
  })

  it('refuses a bad cniVersion only beside cniVersions', () => {
    expect(fault(() => selectVersion('bad', ['1.0.0']))?.message).toMatch(
      /invalid cniVersion bad: /,
    )
  })
})

describe('parseConfFile', () => {
  const plugin = '{"cniVersion":"0.4.0","name":"n","type":"bridge","mtu":9}'

  it('wraps a single-plugin file into a list of itself', () => {
    const parsed = parseConfFile(plugin, '/x/10-n.conf')
    expect(parsed).toMatchObject({ name: 'n', cniVersion: '0.4.0' })
    expect(parsed.plugins).toEqual([{ type: 'bridge', capabilities: {}, text: plugin }])
  })

  it('takes a list that somebody called .conf', () => {
    expect(parseConfFile(list(''), '/x/10-n.conf').plugins[0]?.type).toBe('t')
  })

  it('names the file that is broken', () => {
    expect(fault(() => parseConfFile('{"name":"n"}', '/x/10-n.json'))).toMatchObject({
      code: 7,
      message: 'cannot use /x/10-n.json',
    })
  })
})
