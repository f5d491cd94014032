import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { readContainerdConfig } from './index.ts'

describe('readContainerdConfig', () => {
  it.each([
    [
      '[plugins.cri.cni]\nbin_dir = "/one"\nconf_dir = "/conf"',
      { cni_path: ['/one'], cni_netconfpath: '/conf' },
    ],
    [
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "/two"',
      { cni_path: ['/two'] },
    ],
    [
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.cni]\nbin_dirs = ['/a', '/b']\nbin_dir = ''",
      { cni_path: ['/a', '/b'] },
    ],
    [
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.cni]\nbin_dirs = []\nbin_dir = '/old'",
      { cni_path: ['/old'] },
    ],
    ['version = 3\n[plugins.cri.cni]\nbin_dir = "/of-version-1"', {}],
    ['root = "/x"\nplugins = 1', {}],
    ['', {}],
  ])('%j', (text, settings) => {
    expect(readContainerdConfig('/c.toml', parse(text))).toEqual({ file: '/c.toml', settings })
  })

  it.each([
    ['version = 4', 'version in /c.toml: "4" is not known'],
    ['version = "toString"', 'version in /c.toml: "toString" is not known'],
    ['[plugins.cri.cni]\nbin_dir = 1', 'bin_dir in /c.toml: "1" is not a string'],
  ])('refuses %j', (text, message) => {
    expect(() => readContainerdConfig('/c.toml', parse(text))).toThrow(
      expect.objectContaining({ code: 103, message }),
    )
  })
})
