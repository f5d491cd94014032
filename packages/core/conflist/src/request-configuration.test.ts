import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePluginConf, requestConfiguration } from './index.ts'

const list = { name: 'lan', cniVersion: '1.0.0' }

describe('requestConfiguration', () => {
  it('sends the own keys byte for byte, in order, under the name and version of the list', () => {
    const plugin = parsePluginConf(
      '{"type":"x", "9": 1.50, "big": 12345678901234567890, "name":"other","a":"\\u003c"}',
    )
    expect(requestConfiguration(list, plugin)).toBe(
      '{"cniVersion":"1.0.0","name":"lan","type":"x","9": 1.50,"big": 12345678901234567890,"a":"\\u003c"}',
    )
  })

  it('gives a plugin the capability args that it declares, and no others', () => {
    const plugin = parsePluginConf('{"type":"x","capabilities":{"a":true,"b":false}}')
    const request = requestConfiguration(list, plugin, { capabilityArgs: { a: 1, b: 2, c: 3 } })
    expect(JSON.parse(request)).toEqual({ ...list, type: 'x', runtimeConfig: { a: 1 } })
  })

  it('sends no runtimeConfig when nothing matches', () => {
    const plugin = parsePluginConf('{"type":"x","capabilities":{"a":true}}')
    expect(requestConfiguration(list, plugin, { capabilityArgs: { z: 1 } })).not.toMatch(
      /runtimeConfig/,
    )
  })

  it("lets no reserved key of the user's through, whatever its case", () => {
    const plugin = parsePluginConf(
      '{"type":"x","prevResult":{},"RuntimeConfig":{},"cni.dev/x":1,"args":{"k":"v"}}',
    )
    expect(JSON.parse(requestConfiguration(list, plugin))).toEqual({
      ...list,
      type: 'x',
      args: { k: 'v' },
    })
  })

  it('passes the previous result on as it was printed', () => {
    const request = requestConfiguration(list, parsePluginConf('{"type":"x"}'), {
      prevResult: '{ "ips": [] }',
    })
    expect(request).toBe(
      '{"cniVersion":"1.0.0","name":"lan","type":"x","prevResult":{ "ips": [] }}',
    )
  })

  it('sends the valid attachments under both names', () => {
    const valid = [{ containerID: 'c', ifname: 'eth0' }]
    expect(
      JSON.parse(
        requestConfiguration(list, parsePluginConf('{"type":"x"}'), { validAttachments: valid }),
      ),
    ).toEqual({
      ...list,
      type: 'x',
      'cni.dev/valid-attachments': valid,
      'cni.dev/attachments': valid,
    })
  })

  it('is valid JSON that keeps every other key, for any plugin', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (keys) => {
        const own = Object.fromEntries(
          Object.entries({ ...keys, type: 'x' }).filter(
            ([key]) =>
              !/^(name|cniversion|capabilities|runtimeconfig|prevresult|type|ipam|cni\.dev\/.*|__proto__)$/i.test(
                key,
              ),
          ),
        )
        const plugin = parsePluginConf(JSON.stringify({ ...own, type: 'x' }))
        expect(JSON.parse(requestConfiguration(list, plugin))).toEqual(
          JSON.parse(JSON.stringify({ ...own, type: 'x', ...list })),
        )
      }),
    )
  })
})
