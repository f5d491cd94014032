import { type AttachmentKey, CniError } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { portsOf } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'
import { byInterface } from './membership.ts'
import { publishPorts } from './publish.ts'

const ports = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' }]
const keyOf = (network: string, ifname: string): AttachmentKey => ({
  network,
  containerId: 'ns-c1',
  ifname,
})
const made = (network: string, ifname: string, plugin: object): CachedAttachment => ({
  network,
  attachment: { ...keyOf(network, ifname), netns: '/n', cniArgs: [], capabilityArgs: {} },
  listText: JSON.stringify({
    ...{ cniVersion: '1.0.0', name: network },
    plugins: [{ type: 'bridge' }, plugin],
  }),
  result: '{"cniVersion":"1.0.0","ips":[{"address":"10.4.1.2/24"}]}',
})
const place = { bootId: 'b', place: '24:2' }
const mapper = { type: 'portmap', capabilities: { portMappings: true } }
const keys = [keyOf('inner', 'eth0'), keyOf('back', 'eth1'), keyOf('more', 'eth2')]

let cached: readonly CachedAttachment[]
let ran: string[]
let cookie: string
let tools: HostTools
const published = () => cached.map((each) => portsOf(each).length)

beforeEach(() => {
  ran = []
  cookie = '1'
  cached = [
    made('inner', 'eth0', { type: 'firewall' }),
    made('back', 'eth1', mapper),
    made('more', 'eth2', mapper),
  ]
  const at = ({ network }: AttachmentKey) => cached.find((each) => each.network === network)
  tools = {
    runner: {
      run: async ({ operation, type, stdin }) => {
        const { name, runtimeConfig } = JSON.parse(stdin)
        ran.push(`${operation} ${type} of ${name}`)
        // The cache says so before the plugin runs: a DEL after a kill closes them.
        expect(published()).toEqual([0, 1, 0])
        expect(runtimeConfig).toEqual({ portMappings: ports })
        return '{"cniVersion":"1.0.0"}'
      },
    },
    cache: {
      flush: async () => undefined,
      check: async () => undefined,
      read: async (key) => at(key),
      write: async (entry) => {
        cached = cached.map((each) => (each.network === entry.network ? entry : each))
      },
      remove: async () => undefined,
      list: async () => cached,
    },
    records: {
      flush: async () => undefined,
      read: async (key) => ({ ...key, netns: '/n', netnsId: '4:1', cookie: '1', ...place }),
      write: async () => undefined,
      remove: async () => undefined,
      list: async () => [],
    },
    lock: { hold: async (_, work) => work() },
    rules: { save: async () => [{ family: 4, text: '' }], restore: async () => undefined },
    netns: {
      look: async () => ({ found: 'namespace', netnsId: '4:1', cookie, ...place }),
      interfaceIn: async () => undefined,
      nonce: () => 'n',
      pluginsEnded: async () => undefined,
      changeablePart: () => undefined,
      hasLink: async () => true,
      linksIn: async () => [],
      linkAt: async () => undefined,
    },
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
})

describe('publishPorts', () => {
  it('has the first attachment that can do so, and no other plugin of it', async () => {
    expect(await publishPorts(tools, keys, ports)).toBe('published')
    expect(ran).toEqual(['ADD portmap of back'])
    expect(await publishPorts(tools, keys, ports)).toBe('unneeded')
    expect(ran).toHaveLength(1)
  })

  it('does nothing where none can, or the container is gone', async () => {
    expect(await publishPorts(tools, keys.slice(0, 1), ports)).toBe('impossible')
    expect(await publishPorts(tools, [], ports)).toBe('impossible')
    cookie = '2'
    expect(await publishPorts(tools, keys, ports)).toBe('unneeded')
    expect([ran, published()]).toEqual([[], [0, 0, 0]])
  })

  it('passes over an attachment whose result is lost: its plugins cannot publish', async () => {
    cached = cached.map((each) => (each.network === 'back' ? { ...each, result: '{' } : each))
    await expect(publishPorts(tools, keys.slice(0, 2), ports)).resolves.toBe('impossible')
    expect([ran, published()]).toEqual([[], [0, 0, 0]])
  })

  it('keeps what is to be done where the plugin fails', async () => {
    const failing = async () => Promise.reject(new CniError({ code: 11, message: 'busy' }))
    await expect(
      publishPorts({ ...tools, runner: { run: failing } }, keys, ports),
    ).rejects.toMatchObject({ code: 11 })
    expect(published()).toEqual([0, 1, 0])
  })
})

it('eth10 comes after eth9', () => {
  const names = ['eth10', 'eth9', 'eth0'].map((ifname) => keyOf('lan', ifname)).sort(byInterface)
  expect(names.map(({ ifname }) => ifname)).toEqual(['eth0', 'eth9', 'eth10'])
})
