import type { JsonObject, Result } from '@vethra/cni'
import { keyOf } from '@vethra/state'
import { expect, it } from 'vitest'
import { planStage } from './index.ts'

const previous: Result = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'veth1' }, { name: 'eth0', sandbox: '/run/netns/web' }],
  ips: [
    { address: '10.4.0.2/24', interface: 1 },
    { address: 'fd00:4::2/64', interface: 1 },
  ],
  routes: [],
  dns: {},
}

/** The ports and what goes with them, as planned for two ports of one container. */
function portsOf(conf: JsonObject, ...portMappings: readonly JsonObject[]): readonly string[] {
  const request = {
    network: 'lan',
    cniVersion: '1.0.0',
    conf: { type: 'portmap', ...conf, runtimeConfig: { portMappings } },
    attachment: {
      ...{ containerId: 'web', netns: '/run/netns/web', ifname: 'eth0' },
      ...{ cniArgs: [], capabilityArgs: {} },
    },
    called: true,
  }
  const { resources } = planStage([request], { facts: { links: {} }, granted: [], previous })
  return resources.map(({ resource }) => keyOf(resource)).filter((key) => key.startsWith('publish'))
}

const web = { hostPort: 8080, containerPort: 80, protocol: 'tcp' }

it.each<[JsonObject, readonly JsonObject[], readonly string[]]>([
  [{ masqAll: true }, [web, { ...web, hostPort: 81 }], ['10.4.0.2', 'fd00:4::2']],
  [{ masqAll: true, snat: true }, [{ ...web, hostIP: '192.0.2.1' }], ['10.4.0.2']],
  [{ masqAll: true, snat: false }, [web], []],
  [{ masqAll: false }, [web], []],
  [{ masqAll: true }, [], []],
])('with %j the ports %j see the host at %j', (conf, mappings, addresses) => {
  const seen = portsOf(conf, ...mappings).filter((key) => key.startsWith('published'))
  expect(seen).toEqual(addresses.map((each) => `published masquerade ${each}`))
})
