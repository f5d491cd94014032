import type { Json } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { sampleConfig, samplePlaces, sampleRequest } from '../test/sample-bundle.ts'
import { parseConfig, planBundle } from './index.ts'

function plan(text: string) {
  return () => planBundle(parseConfig(text), sampleRequest(), samplePlaces)
}

describe('a config.json that is not JSON', () => {
  it.each([
    ['', 'line 1, column 1: ValueExpected'],
    ['{\n  "process": {},\n  "linux" {}\n}', 'line 3, column 11: ColonExpected'],
    ['{"process": {}, /* no */ "linux": {}}', 'line 1, column 17: InvalidCommentToken'],
    ['{"process": {},}', 'line 1, column 16: PropertyNameExpected'],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 'it is nested deeper than 100 levels'],
    ['['.repeat(1_000_000), 'it is nested deeper than 100 levels'],
    [' '.repeat(17 * 1024 * 1024), 'it is longer than 16777216 characters'],
  ])('is refused with the place: %#', (text, fault) => {
    expect(plan(text)).toThrow(
      expect.objectContaining({ code: 6, message: `cannot decode config.json: ${fault}` }),
    )
  })
})

it('a config.json with what stands for octets that are not UTF-8 is refused, but not its escape', () => {
  expect(plan('{"process": {}, "linux": {}, "x": "\ufffd"}')).toThrow(
    expect.objectContaining({ code: 6, message: expect.stringContaining('not UTF-8') }),
  )
  expect(plan('{"process": {}, "linux": {}, "x": "\\ufffd"}')).not.toThrow()
})

it('brackets in strings are no depth', () => {
  const text = JSON.stringify(`"${'['.repeat(200)}`)
  expect(plan(`{"process": {}, "linux": {}, "x": ${text}}`)).not.toThrow()
})

describe('a config.json of another shape', () => {
  const linux = { namespaces: [] }

  it.each<[Record<string, Json>, string]>([
    [{ linux: null }, 'linux must be object'],
    [{ process: [] }, 'process must be object'],
    [{ process: { env: [1] } }, 'process.env[0] must be string'],
    [{ mounts: {} }, 'mounts must be array'],
    [{ mounts: [{ source: 'x' }] }, 'mounts[0].destination must be string'],
    [{ hooks: { poststop: [{}] } }, 'hooks.poststop[0].path must be string'],
    [{ mounts: [{ destination: '/', type: 1 }] }, 'mounts[0].type must be string'],
    [{ mounts: [{ destination: '/', options: 'ro' }] }, 'mounts[0].options must be array'],
    [{ hooks: [] }, 'hooks must be object'],
    [{ hooks: { prestart: {} } }, 'hooks.prestart must be array'],
    [
      { hooks: { createRuntime: [{ path: '/', timeout: '1' }] } },
      'hooks.createRuntime[0].timeout must be number',
    ],
    [{ hostname: 1 }, 'hostname must be string'],
    [{ process: { apparmorProfile: {} } }, 'process.apparmorProfile must be string'],
    [{ annotations: { other: null, 'a b': 1 } }, 'annotations["a b"] must be string'],
    [{ linux: { namespaces: [{}] } }, 'linux.namespaces[0].type must be string'],
    [
      { linux: { namespaces: [{ type: 'pid', path: 1 }] } },
      'linux.namespaces[0].path must be string',
    ],
    [{ linux: { sysctl: ['a'] } }, 'linux.sysctl must be object'],
    [{ linux: null, process: null }, 'process must be object'],
  ])('is refused with the key: %j', (parts, fault) => {
    expect(plan(sampleConfig({ linux, ...parts }))).toThrow(
      expect.objectContaining({
        code: 7,
        message: `config.json is not the configuration of a Linux container: ${fault}`,
      }),
    )
  })

  it('may have null in place of what may be absent', () => {
    const parts = { hostname: null, domainname: null, mounts: null, hooks: null, annotations: null }
    expect(
      plan(sampleConfig({ ...parts, linux: { namespaces: null, sysctl: null } })),
    ).not.toThrow()
  })

  it('may have null for the text of an annotation, which is empty to runc', () => {
    const annotations = { other: null, 'nerdctl/ip6': null, 'nerdctl/name': null }
    expect(plan(sampleConfig({ annotations }))).not.toThrow()
  })

  it.each(['[]', 'null', '1', '"text"'])('is refused when it is %s', (text) => {
    expect(plan(text)).toThrow(expect.objectContaining({ code: 7 }))
  })
})

describe('a config.json that runc and crun read differently', () => {
  it.each([
    ['"hooks": {}, "hooks": {}', '"hooks" stands twice'],
    ['"Hooks": {}', '"Hooks" is another key to runc than to crun'],
    ['"mount\u017f": []', '"mount\u017f" is another key to runc than to crun'],
    ['"annotations": {"a": "1", "a": "2"}', '"annotations.a" stands twice'],
  ])('is refused: %s', (part, fault) => {
    expect(plan(`{"process": {}, "linux": {}, ${part}}`)).toThrow(
      expect.objectContaining({ code: 7, message: `config.json is ambiguous: ${fault}` }),
    )
  })

  it('may have keys of others in any case', () => {
    expect(plan('{"process": {}, "linux": {}, "VM": {}, "Vm": {}}')).not.toThrow()
  })
})
