import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { readVethraToml, resolveSettings, settingFlags, tomlFile } from './index.ts'

describe('readVethraToml', () => {
  const text = `
    data_root = "/d"
    cni_path = ["/a", "/b"]
    dns = ["1.1.1.1"]
    dns_search = "example.com"
    plugin_timeout = 5
    plugin_output_limit = 32
    reconcile_interval = 20
    address_pools = [{ base = "172.20.0.0/14", size = 24 }]
  `

  it('gives what resolveSettings takes', () => {
    const toml = readVethraToml('/e/vethra.toml', parse(text))
    const { settings } = resolveSettings({ flags: {}, env: {}, toml, existing: () => false })
    expect(settings).toMatchObject({
      dataRoot: '/d',
      cniPath: ['/a', '/b'],
      dns: ['1.1.1.1'],
      dnsSearch: ['example.com'],
      pluginTimeoutMs: 5000,
      pluginOutputLimit: 32 * 1024 * 1024,
      reconcileIntervalMs: 20_000,
      addressPools: [{ base: '172.20.0.0/14', size: 24 }],
    })
  })

  it.each([
    ['data_rot = "/d"', 'data_rot in /e/v.toml: "data_rot" is no setting'],
    ['[debug]\nx = 1', 'debug in /e/v.toml: "debug" is no setting'],
    ['data_root = 1', 'data_root in /e/v.toml: "1" is not a string'],
    ['data_root = { a = 1 }', 'data_root in /e/v.toml: "{\\"a\\":1}" is not a string'],
    ['dns = [1]', 'dns in /e/v.toml: "[1]" is not an array of strings'],
    ['plugin_timeout = true', 'plugin_timeout in /e/v.toml: "true" is not a number'],
    ['address_pools = "x"', 'address_pools in /e/v.toml: "x" is not an array of tables'],
    [
      'address_pools = [{ base = "10.0.0.0/8", size = 24, name = "x" }]',
      'address_pools in /e/v.toml: "{\\"base\\":\\"10.0.0.0/8\\",\\"size\\":24,\\"name\\":\\"x\\"}" is not a table with base and size',
    ],
  ])('refuses %j', (bad, message) => {
    expect(() => readVethraToml('/e/v.toml', parse(bad))).toThrow(
      expect.objectContaining({ code: 103, message, hint: expect.stringMatching(/\.$/) }),
    )
  })

  it('knows every key of the table', () => {
    const single = settingFlags.filter((row) => row.toml !== 'address_pools')
    const all = single.map((row) => `${row.toml} = "x"`).join('\n')
    const { settings } = readVethraToml('/v', parse(all))
    expect(Object.keys(settings)).toEqual(single.map((row) => row.toml))
  })
})

describe('tomlFile', () => {
  it('is named by VETHRA_TOML', () => {
    expect(tomlFile({})).toBe('/etc/vethra/vethra.toml')
    expect(tomlFile({ VETHRA_TOML: '' })).toBe('/etc/vethra/vethra.toml')
    expect(tomlFile({ VETHRA_TOML: '/x.toml' })).toBe('/x.toml')
  })

  it('is never looked for in the working directory', () => {
    expect(() => tomlFile({ VETHRA_TOML: 'x.toml' })).toThrow(
      expect.objectContaining({
        code: 103,
        message: 'VETHRA_TOML: "x.toml" is not an absolute path',
      }),
    )
  })
})
