import { describe, expect, it } from 'vitest'
import {
  containerdConfigFile,
  type GivenFile,
  resolveSettings,
  type Settings,
  type SettingsInput,
} from './index.ts'

const resolve = (input: Partial<SettingsInput>): Settings => resolveSettings(full(input)).settings
const full = (input: Partial<SettingsInput>): SettingsInput => ({
  flags: {},
  env: {},
  existing: () => false,
  ...input,
})
const toml = (settings: GivenFile['settings']): GivenFile => ({ file: '/e/vethra.toml', settings })

describe('resolveSettings', () => {
  it('gives the defaults when nothing is given', () => {
    expect(resolve({})).toEqual({
      dataRoot: '/var/lib/vethra',
      address: '/run/containerd/containerd.sock',
      namespace: 'default',
      cniPath: ['/opt/cni/bin'],
      cniNetconfpath: '/etc/cni/net.d',
      cniCache: '/var/lib/cni',
      plugins: 'auto',
      logLevel: 'warn',
      addressPools: [],
      pluginTimeoutMs: 60_000,
      pluginOutputLimit: 16_777_216,
      socket: '/run/vethra/vethra.sock',
      reconcileIntervalMs: 300_000,
      runtime: { binary: 'runc', ports: [1024, 65_535], modes: [] },
    })
  })

  it('takes the first usual plugin folder that exists', () => {
    const existing = (dir: string) => dir.startsWith('/usr/l')
    expect(resolve({ existing }).cniPath).toEqual(['/usr/local/libexec/cni'])
    expect(resolve({ existing: (dir) => dir === '/usr/lib/cni' }).cniPath).toEqual(['/usr/lib/cni'])
  })

  it('lets flags win over the environment, that over vethra.toml, that over containerd', () => {
    const flags = { cni_path: '/flag' }
    const env = { CNI_PATH: '/env' }
    const file = toml({ cni_path: '/toml' })
    const containerd = { file: '/c', settings: { cni_path: ['/one', '/two'] } }
    const input = { flags, env, toml: file, containerd }
    expect(resolve(input).cniPath).toEqual(['/flag'])
    expect(resolve({ ...input, flags: {} }).cniPath).toEqual(['/env'])
    expect(resolve({ ...input, flags: {}, env: {} }).cniPath).toEqual(['/toml'])
    expect(resolve({ containerd }).cniPath).toEqual(['/one', '/two'])
  })

  it('says where each setting came from', () => {
    const { sources } = resolveSettings(
      full({
        flags: { namespace: 'a' },
        env: { NETCONFPATH: '/n', CNI_PATH: '' },
        toml: toml({ log_level: 'info', dns: [] }),
      }),
    )
    expect(sources).toMatchObject({
      namespace: 'flag',
      cni_netconfpath: 'env',
      log_level: 'toml',
      cni_path: 'default',
      dns: 'default',
    })
  })

  it('splits CNI_PATH at ":" and drops empty elements', () => {
    expect(resolve({ env: { CNI_PATH: ':/a::/b/:' } }).cniPath).toEqual(['/a', '/b'])
    expect(resolve({ env: { CNI_PATH: '::' } }).cniPath).toEqual(['/opt/cni/bin'])
  })

  it('cleans paths, so that one place has one name', () => {
    expect(resolve({ flags: { data_root: '//var/./lib/x/../vethra/' } }).dataRoot).toBe(
      '/var/lib/vethra',
    )
    expect(resolve({ flags: { data_root: '/..' } }).dataRoot).toBe('/')
  })

  it('has another data root as default for the hook line of nerdctl', () => {
    expect(resolve({ defaultDataRoot: '/var/lib/nerdctl' }).dataRoot).toBe('/var/lib/nerdctl')
  })

  it('reads the rest', () => {
    const settings = resolve({
      flags: {
        dns: ['1.1.1.1,fd00::53', '1.1.1.1'],
        dns_search: ['a.example', '.'],
        dns_opts: ['ndots:5'],
        host_gateway_ip: '192.168.0.1',
        bridge_ip: '10.9.0.1/16',
        address_pools: ['base=172.20.0.0/14,size=24', 'base=fd00:1::/48,size=64'],
        plugin_timeout: '0.5',
        plugin_output_limit: '1',
        socket: '/run//v.sock',
        reconcile_interval: '1.5',
        address: 'unix:///run/other.sock',
        containerd_config: '/etc/containerd/config.toml',
      },
    })
    expect(settings).toMatchObject({
      dns: ['1.1.1.1', 'fd00::53'],
      dnsSearch: ['a.example', '.'],
      dnsOpts: ['ndots:5'],
      hostGatewayIp: '192.168.0.1',
      bridgeIp: '10.9.0.1/16',
      addressPools: [
        { base: '172.20.0.0/14', size: 24 },
        { base: 'fd00:1::/48', size: 64 },
      ],
      pluginTimeoutMs: 500,
      pluginOutputLimit: 1_048_576,
      socket: '/run/v.sock',
      reconcileIntervalMs: 1500,
      address: 'unix:///run/other.sock',
      containerdConfig: '/etc/containerd/config.toml',
    })
  })

  it.each<[Partial<SettingsInput>, string]>([
    [{ flags: { data_root: 'x' } }, '--data-root: "x" is not an absolute path'],
    [{ flags: { data_root: '' } }, '--data-root: "" is not an absolute path'],
    [{ flags: { data_root: '/a\nb' } }, '--data-root: "/a\\nb" is not an absolute path'],
    [{ env: { CNI_PATH: '/a:bin' } }, 'CNI_PATH: "bin" is not an absolute path'],
    [{ flags: { cni_path: ':' } }, '--cni-path: ":" names no folder'],
    [{ flags: { address: 'tcp://x' } }, '--address: "tcp://x" is not an absolute path'],
    [{ flags: { namespace: '../x' } }, '--namespace: "../x" is no namespace'],
    [{ flags: { namespace: 'a\n' } }, '--namespace: "a\\n" is no namespace'],
    [{ env: { VETHRA_PLUGINS: 'inline' } }, 'VETHRA_PLUGINS: "inline" is not one of its values'],
    [{ env: { VETHRA_LOG_LEVEL: 'loud' } }, 'VETHRA_LOG_LEVEL: "loud" is no level'],
    [{ flags: { dns: ['[::1]'] } }, '--dns: "[::1]" ip address is not correctly formatted'],
    [{ flags: { dns: [' '] } }, '--dns: " " names nothing'],
    [{ toml: toml({ dns_search: ['a b'] }) }, 'dns_search in /e/vethra.toml: "a b"'],
    [{ flags: { dns_search: ['a\nnameserver'] } }, '--dns-search: "a\\nnameserver"'],
    [{ flags: { host_gateway_ip: '1.2.3' } }, '--host-gateway-ip: "1.2.3" is not an IP address'],
    [
      { flags: { bridge_ip: '10.0.0.1' } },
      '--bridge-ip: "10.0.0.1" is not an address with a prefix length',
    ],
    [{ flags: { address_pools: ['10.0.0.0/8'] } }, '--address-pools: "10.0.0.0/8" is no pool'],
    [
      { flags: { address_pools: ['base=10.0.0.0/8,size=4'] } },
      '--address-pools: "base=10.0.0.0/8,size=4" has a size outside 8 to 30',
    ],
    [
      { flags: { address_pools: ['base=10.0.0.1/8,size=24'] } },
      'unexpected pool in --address-pools "10.0.0.1/8", maybe you meant "10.0.0.0/8"?',
    ],
    [{ flags: { plugin_timeout: '0' } }, '--plugin-timeout: "0" is no time'],
    [{ flags: { plugin_timeout: '1e9' } }, '--plugin-timeout: "1e9" is no time'],
    [{ flags: { reconcile_interval: '0.9' } }, '--reconcile-interval: "0.9" is too short'],
    [{ flags: { socket: 'v.sock' } }, '--socket: "v.sock" is not an absolute path'],
    [{ flags: { plugin_output_limit: '1.5' } }, '--plugin-output-limit: "1.5" is no size'],
    [
      { containerd: { file: '/c.toml', settings: { cni_netconfpath: 'net.d' } } },
      'CNI settings in /c.toml: "net.d" is not an absolute path',
    ],
  ])('refuses %j', (input, named) => {
    const message = expect.stringContaining(named)
    expect(() => resolve(input)).toThrow(expect.objectContaining({ code: 103, message }))
  })

  it('does not look at a value that is overridden', () => {
    expect(
      resolve({ flags: { namespace: 'a' }, env: { CONTAINERD_NAMESPACE: '/' } }).namespace,
    ).toBe('a')
  })
})

it("containerd's config is named by flag, environment or vethra.toml", () => {
  const env = { VETHRA_CONTAINERD_CONFIG: '/env.toml' }
  expect(containerdConfigFile({ flags: {}, env: {} })).toBeUndefined()
  expect(containerdConfigFile({ flags: {}, env })).toBe('/env.toml')
  expect(containerdConfigFile({ flags: { containerd_config: '/f.toml' }, env })).toBe('/f.toml')
  expect(
    containerdConfigFile({ flags: {}, env: {}, toml: toml({ containerd_config: '/t.toml' }) }),
  ).toBe('/t.toml')
})
