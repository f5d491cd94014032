import type { Json } from '@vethra/cni'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planned, sampleConfig, samplePlaces } from '../test/sample-bundle.ts'
import { type ConfigUndo, parsePrepared, undoConfig } from './index.ts'

const ours = { type: 'bind', source: '/d/etchosts/n/i/hosts', options: ['bind', 'rprivate'] }
const hook = { path: '/x', args: ['x', 'oci-hook', 'createRuntime'] }
const configs: readonly Readonly<Record<string, Json>>[] = [
  {},
  { hooks: {}, annotations: null, mounts: null },
  { hooks: { prestart: [hook, { path: '/bin/true' }], createRuntime: [] } },
  { annotations: { 'nerdctl/networks': '["host"]', mine: 'yes', 'nerdctl/ip': '10.0.0.1' } },
  {
    mounts: [
      { ...ours, destination: '/etc/hosts' },
      { ...ours, destination: '/etc//hosts' },
    ],
  },
  { process: { env: ['HOSTNAME=a', 'A=b', 'HOSTNAME=c'] }, domainname: 'example.org' },
  { linux: { namespaces: [{ type: 'network' }, { type: 'network' }] }, hostname: 'x' },
]
const layouts = [
  (text: string) => text,
  (text: string) => JSON.stringify(JSON.parse(text)),
  (text: string) => `${text.replaceAll('\t', '    ').replaceAll('\n', '\r\n')}\r\n`,
  (text: string) => ` ${text.replaceAll(',', ' ,\n')}`,
]
const requests = ['lan', 'host', 'none', 'ns:/run/netns/a'].map((ref) => ({
  networks: [{ ref, aliases: [] }],
  ...(ref === 'lan' ? { name: 'web', ip: '10.4.0.9', domainname: 'example.org' } : {}),
}))
const edited = (text: string, change: (config: Record<string, Json>) => void): string => {
  const config = JSON.parse(text)
  change(config)
  return JSON.stringify(config, null, 2)
}
const stored = (undo: ConfigUndo): readonly ConfigUndo[] => {
  const value = [{ file: '/b/config.json', versions: [undo] }]
  return parsePrepared(JSON.parse(JSON.stringify(value)))[0]?.versions ?? []
}

describe('what was prepared', () => {
  const any = fc.tuple(
    fc.constantFrom(...configs),
    fc.constantFrom(...layouts),
    fc.constantFrom(...requests),
  )

  it('is undone byte for byte, after its way through a file, and once only', () => {
    fc.assert(
      fc.property(any, ([parts, layout, request]) => {
        const original = layout(sampleConfig(parts))
        const plan = planned(request, original)
        const versions = stored(plan.undo)
        expect(undoConfig(plan.config, versions)).toBe(original)
        expect(undoConfig(original, versions)).toBe(original)
      }),
    )
  })

  it.each(['99', '"x"', 'null', 'true', '[]', '[{"a":1}]', '{}'])('is not in %s', (text) => {
    expect(undoConfig(text, stored(planned({ networks: [] }, sampleConfig({})).undo))).toBe(text)
  })

  it('is undone by members where the text has been edited', () => {
    fc.assert(
      fc.property(any, ([parts, layout, request]) => {
        const original = layout(sampleConfig(parts))
        const plan = planned(request, original)
        const text = edited(plan.config, (config) => {
          config['mine'] = 'too'
        })
        const before = JSON.parse(
          edited(original, (config) => {
            config['mine'] = 'too'
          }),
        )
        const after = JSON.parse(undoConfig(text, stored(plan.undo)))
        expect(sorted(after)).toEqual(sorted(before))
      }),
    )
  })

  it('stays where it was changed since, and what others added stays', () => {
    const plan = planned(requests[0])
    const text = edited(plan.config, (config) => {
      config['hostname'] = 'mine'
      const hooks = config['hooks'] as Record<string, Json[]>
      hooks['poststop']?.unshift({ path: '/bin/true' })
    })
    const after = JSON.parse(undoConfig(text, stored(plan.undo)))
    expect(after).toMatchObject({ hostname: 'mine', hooks: { poststop: [{ path: '/bin/true' }] } })
    expect(after.hooks.createRuntime).toBeUndefined()
    expect(after.annotations).toBeUndefined()
    expect(after.mounts).toEqual(JSON.parse(sampleConfig()).mounts)
  })

  it('is undone from either version while the newer one may not have been written', () => {
    const original = sampleConfig()
    const [first, second] = [planned(requests[0], original), planned(requests[1], original)]
    const versions = [...stored(second.undo), ...stored(first.undo)]
    for (const text of [original, first.config, second.config]) {
      expect(undoConfig(text, versions)).toBe(original)
    }
  })

  it('is undone by members where the edits have been tampered with', () => {
    const plan = planned(requests[0])
    for (const edits of [
      [],
      [{ at: 1e9, length: 1, text: '' }],
      [{ at: 0, length: 1, text: '[' }],
    ]) {
      const after = undoConfig(plan.config, stored({ ...plan.undo, edits }))
      expect(sorted(JSON.parse(after))).toEqual(sorted(JSON.parse(sampleConfig())))
    }
  })

  it('is not undone in what is not JSON', () => {
    const { undo } = planned(requests[0])
    expect(() => undoConfig('{"a":', [undo])).toThrow(expect.objectContaining({ code: 6 }))
    expect(undoConfig('{"a":', [])).toBe('{"a":')
  })
})

describe('parsePrepared', () => {
  it.each<[string, unknown]>([
    ['a relative path', [{ file: 'config.json', versions: [] }]],
    ['another file', [{ file: '/etc/passwd', versions: [] }]],
    ['a path with dots', [{ file: '/a/../config.json', versions: [] }]],
    ['no list', { file: '/a/config.json' }],
    ['a hash that is none', [{ file: '/a/config.json', versions: [{ sha256: 'x' }] }]],
    ['a negative place', [{ file: '/a/config.json', versions: [{ edits: [{ at: -1 }] }] }]],
  ])('refuses %s', (_, value) => {
    expect(() => parsePrepared(value)).toThrow(expect.objectContaining({ code: 107 }))
  })

  it('takes nothing for none', () => {
    expect(parsePrepared(undefined)).toEqual([])
  })
})

it('a megabyte is undone in time, by edits and by members', { timeout: 30_000 }, () => {
  const mounts = Array.from({ length: 20_000 }, (_, index) => ({
    ...(index % 2 === 0 ? { ...ours, destination: '/etc/hosts' } : { destination: `/m${index}` }),
  }))
  const original = sampleConfig({ mounts })
  const plan = planned(requests[0], original, samplePlaces)
  expect(undoConfig(plan.config, [plan.undo])).toBe(original)
  const after = JSON.parse(undoConfig(`${plan.config}\n`, [plan.undo]))
  expect(after.mounts).toHaveLength(mounts.length)
})

// What is put back by members stands at the end.
function sorted(value: Json): unknown {
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(sorted(each))).sort()
  if (typeof value !== 'object' || value === null) return value
  // A null is as good as nothing to every OCI runtime.
  const fields = Object.entries(value)
    .filter(([, each]) => each !== null)
    .map(([key, each]) => [key, sorted(each ?? null)] as const)
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
