import { readdirSync } from 'node:fs'
import { describePlugin, type PluginTraits } from '@vethra/cni-kit'
import { pluginNames } from '@vethra/plugins/names'
import { afterAll, beforeAll, describe } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins } from './host.ts'

// Debian's containernetworking-plugins 1.1.1 are built on cni 1.1.2.
const old = 'the plugins of Debian, 1.1.1, '
const unknown = `${old}ask for a container before they say that they do not know the operation`
const skip = {
  'SPEC 2, "GC" (case 101): is refused below 1.1.0': unknown,
  'SPEC 2, "STATUS" (case 101): is refused below 1.1.0': unknown,
  'libcni (case 106): the namespace of the runtime is refused as that of a container': `${old}do not look at it`,
}
const traits: Readonly<Record<string, PluginTraits>> = {
  portmap: { chained: true },
  tuning: { chained: true, readsArgs: true },
  firewall: { chained: true },
  bandwidth: { chained: true, conf: { ingressRate: 1000, ingressBurst: 1000 } },
  sbr: { chained: true },
  'host-local': {
    readsArgs: true,
    conf: { ipam: { type: 'host-local', subnet: '10.99.0.0/24' } },
  },
  bridge: { readsArgs: true, conf: { bridge: 'kit-br' } },
}

/** Ours: of those whose originals read CNI_ARGS, and need an IPAM plugin or a plugin before them. */
const ownTraits: Readonly<Record<string, PluginTraits>> = {
  ...traits,
  static: { readsArgs: true, conf: { ipam: { type: 'static', addresses: [] } } },
  macvlan: { readsArgs: true, conf: { master: 'lo' } },
  'host-device': { conf: { device: 'lo' } },
  vlan: { conf: { master: 'lo' } },
  vrf: { chained: true, conf: { vrfname: 'kit' } },
}

describeOnHost("Debian's plugins", () => {
  let host: Host
  beforeAll(async () => {
    host = await openHost()
    await host.run(['ip', 'netns', 'add', 'kit'])
  })
  afterAll(async () => {
    await host.run(['ip', 'netns', 'del', 'kit'])
    await host.close()
  })

  const open = (plugin: string) => async () => ({
    run: (env: Readonly<Record<string, string>>, input: string) => {
      const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`)
      const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'
      return host.run(['env', '-i', path, ...variables, plugin], { input })
    },
    netns: '/run/netns/kit',
    ownNetns: '/proc/self/ns/net',
    close: async () => undefined,
  })
  for (const plugin of readdirSync(plugins))
    describePlugin(plugin, open(`${plugins}/${plugin}`), { skip, ...traits[plugin] })
  describe('and ours', () => {
    beforeAll(() => host.vethra('plugin', 'install', '/run/plugins'))
    for (const plugin of pluginNames)
      describePlugin(plugin, open(`/run/plugins/${plugin}`), ownTraits[plugin])
  })
})
