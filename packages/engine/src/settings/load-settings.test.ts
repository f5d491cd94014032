import { describe, expect, it } from 'vitest'
import { loadSettings } from './load-settings.ts'

const files: Readonly<Record<string, string>> = {
  '/etc/vethra/vethra.toml': 'plugin_timeout = 5',
  '/v.toml': 'containerd_config = "/c.toml"',
  '/c.toml': 'version = 3\n[plugins."io.containerd.cri.v1.runtime".cni]\nbin_dir = "/bin/cni"',
  '/broken.toml': 'x = ',
  '/hostile.toml': '__proto__ = 1',
}

const load = (env: Readonly<Record<string, string>>) =>
  loadSettings({ flags: {}, env, read: async (file) => files[file], existing: () => false })

describe('loadSettings', () => {
  it('reads /etc/vethra/vethra.toml where it exists', async () => {
    expect((await load({})).settings.pluginTimeoutMs).toBe(5000)
  })

  it("reads containerd's config where vethra.toml names it", async () => {
    expect((await load({ VETHRA_TOML: '/v.toml' })).settings.cniPath).toEqual(['/bin/cni'])
  })

  it.each([
    ['/missing.toml', 'VETHRA_TOML: "/missing.toml" does not exist'],
    ['/broken.toml', 'cannot read /broken.toml as TOML'],
    ['/hostile.toml', 'cannot read /hostile.toml as TOML'],
  ])('refuses %s', async (file, message) => {
    const hint = expect.any(String)
    await expect(load({ VETHRA_TOML: file })).rejects.toMatchObject({ code: 103, message, hint })
  })
})
