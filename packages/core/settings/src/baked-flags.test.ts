import { describe, expect, it } from 'vitest'
import { bakedFlags, resolveSettings, type SettingsInput, splitGlobalFlags } from './index.ts'

const resolve = (input: Partial<SettingsInput>) =>
  resolveSettings({ flags: {}, env: {}, existing: () => false, ...input })

describe('bakedFlags', () => {
  it('names nothing that a file or a default gave', () => {
    const toml = { file: '/v.toml', settings: { data_root: '/d' } }
    expect(bakedFlags(resolve({ toml }))).toEqual([])
  })

  it('names what came from flags and environment, in the order of the table', () => {
    const flags = { plugin_output_limit: '32', plugin_timeout: '0.5', dns: ['1.1.1.1'] }
    const env = { CNI_PATH: '/a:/b:', CONTAINERD_NAMESPACE: 'k8s.io' }
    expect(bakedFlags(resolve({ flags, env }))).toEqual([
      '--namespace=k8s.io',
      '--cni-path=/a:/b',
      '--plugin-timeout=0.5',
      '--plugin-output-limit=32',
    ])
  })

  it('is read back to the same settings', () => {
    const env = {
      VETHRA_DATA_ROOT: '/d//',
      CONTAINERD_ADDRESS: 'unix:///run/c.sock',
      CONTAINERD_NAMESPACE: 'n',
      CNI_PATH: '/p',
      NETCONFPATH: '/n',
      VETHRA_CONTAINERD_CONFIG: '/c.toml',
      VETHRA_CNI_CACHE: '/k',
      VETHRA_LOG_LEVEL: 'debug',
      VETHRA_PLUGIN_TIMEOUT: '1.001',
      VETHRA_PLUGIN_OUTPUT_LIMIT: '3',
    }
    const resolved = resolve({ env })
    const { flags, rest } = splitGlobalFlags(bakedFlags(resolved))
    expect(rest).toEqual([])
    expect(resolve({ flags }).settings).toEqual(resolved.settings)
  })
})
