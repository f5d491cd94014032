import { expect, it } from 'vitest'
import { readRuntimeBinary, resolveRuntime } from './runtime-settings.ts'
import { readVethraToml } from './vethra-toml.ts'

const read = (runtime: unknown) => readVethraToml('/v.toml', { runtime }).runtime

it('without a table the limits are the strict ones', () => {
  const strict = { binary: 'runc', ports: [1024, 65_535], modes: [] }
  expect(resolveRuntime({ env: {} })).toEqual(strict)
  expect(read({})).toEqual(strict)
})

it.each([
  [{ binary: 'crun' }, { binary: 'crun' }],
  [{ binary: '/opt/bin/crun' }, { binary: '/opt/bin/crun' }],
  [{ networks: ['lan', 'backend'] }, { networks: ['lan', 'backend'] }],
  [{ networks: [] }, { networks: [] }],
  [{ ports: '80-8080' }, { ports: [80, 8080] }],
  [{ ports: '443' }, { ports: [443, 443] }],
  [{ modes: ['host', 'ns'] }, { modes: ['host', 'ns'] }],
])('%j is read', (table, settings) => {
  expect(read(table)).toMatchObject(settings)
})

it.each([
  ['runc', /runtime in \/v\.toml/],
  [{ binari: 'runc' }, /runtime\.binari in \/v\.toml/],
  [{ binary: '' }, /runtime\.binary/],
  [{ binary: 'bin/runc' }, /runtime\.binary/],
  [{ binary: '../runc' }, /runtime\.binary/],
  [{ binary: 7 }, /runtime\.binary/],
  [{ ports: '0-80' }, /runtime\.ports/],
  [{ ports: '8080-80' }, /runtime\.ports/],
  [{ ports: '1-65536' }, /runtime\.ports/],
  [{ ports: 80 }, /runtime\.ports/],
  [{ networks: 'lan' }, /runtime\.networks/],
  [{ modes: ['none'] }, /runtime\.modes/],
])('%j is refused by its key', (table, message) => {
  expect(() => read(table)).toThrow(
    expect.objectContaining({ code: 103, message: expect.stringMatching(message) }),
  )
})

it.each([
  [undefined, 'runc'],
  [{ modes: ['host'] }, 'runc'],
  [{ binary: 'crun', ports: 80, networks: 'lan', modes: ['none'] }, 'crun'],
])('of %j the program is %s, whatever the limits are', (table, binary) => {
  expect(readRuntimeBinary('/v.toml', table)).toBe(binary)
})

it.each(['runc', { binari: 'runc' }, { binary: 7 }])('%j has no program', (table) => {
  expect(() => readRuntimeBinary('/v.toml', table)).toThrow(expect.objectContaining({ code: 103 }))
})

it('VETHRA_RUNTIME replaces the binary alone', () => {
  const toml = readVethraToml('/v.toml', { runtime: { binary: 'crun', modes: ['host'] } })
  const env = { VETHRA_RUNTIME: '/x/youki' }
  expect(resolveRuntime({ env, toml })).toMatchObject({ binary: '/x/youki', modes: ['host'] })
  expect(resolveRuntime({ env: { VETHRA_RUNTIME: '' }, toml }).binary).toBe('crun')
  expect(() => resolveRuntime({ env: { VETHRA_RUNTIME: './x' }, toml })).toThrow(
    expect.objectContaining({ code: 103, message: expect.stringContaining('VETHRA_RUNTIME') }),
  )
})
