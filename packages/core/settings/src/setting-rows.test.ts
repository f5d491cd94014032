import { expect, it } from 'vitest'
import { resolveSettings, settingFlags, settingRows } from './index.ts'

const file = '/etc/vethra/vethra.toml'
const env = { NETCONFPATH: '/n', VETHRA_RUNTIME: 'crun' }
const runtime = { binary: 'runc', ports: [80, 90], modes: [] } as const
const resolved = resolveSettings({
  flags: { namespace: 'a' },
  env,
  toml: { file, settings: { plugin_timeout: '2', dns: ['192.0.2.1'] }, runtime },
  containerd: { file: '/c.toml', settings: { cni_path: ['/p'] } },
  existing: () => false,
})
const rows = settingRows(resolved, { env, file })

it('names the value, the source and the place of each', () => {
  const byKey = new Map(rows.map(({ Key, Value, Source, From }) => [Key, [Value, Source, From]]))
  expect(byKey.get('namespace')).toEqual(['a', 'flag', '--namespace'])
  expect(byKey.get('cni_netconfpath')).toEqual(['/n', 'env', 'NETCONFPATH'])
  expect(byKey.get('plugin_timeout')).toEqual([2, 'toml', file])
  expect(byKey.get('dns')).toEqual([['192.0.2.1'], 'toml', file])
  expect(byKey.get('cni_path')).toEqual([['/p'], 'containerd', '/c.toml'])
  expect(byKey.get('plugin_output_limit')).toEqual([16, 'default', ''])
  expect(byKey.get('bridge_ip')).toEqual([null, 'default', ''])
  expect(byKey.get('runtime.binary')).toEqual(['crun', 'env', 'VETHRA_RUNTIME'])
  expect(byKey.get('runtime.ports')).toEqual(['80-90', 'toml', file])
  expect(byKey.get('runtime.modes')).toEqual([[], 'default', ''])
})

it('has every setting', () => {
  expect(rows.map(({ Key }) => Key)).toEqual([
    ...settingFlags.map(({ toml }) => toml),
    ...['binary', 'ports', 'modes', 'networks'].map((key) => `runtime.${key}`),
  ])
})
