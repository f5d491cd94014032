import { expect, it } from 'vitest'
import { modeNetwork, networkOrigin, networksFromFiles } from './index.ts'

const list = (name: string, more = '', type = 'bridge') =>
  `{"cniVersion":"1.0.0","name":"${name}",${more}"plugins":[{"type":"${type}"}]}`

it.each([
  ['nerdctl-lan.conflist', list('lan', '"nerdctlID":"9b3ae2c0d1f4",'), 'own'],
  ['10-containerd-net.conflist', list('containerd-net'), 'containerd'],
  ['87-podman-bridge.conflist', list('podman'), 'podman'],
  ['podman1.conflist', list('podman1'), 'podman'],
  ['cni-podman2.conflist', list('web', '', 'dnsname'), 'podman'],
  ['11-crio-ipv4-bridge.conflist', list('crio'), 'cri-o'],
  ['10-mynet.conf', '{"cniVersion":"0.4.0","name":"mynet","type":"macvlan"}', 'other'],
  ['nerdctl-old.conflist', list('old', '"nerdctlID":7,'), 'nerdctl'],
])('%s is of %s', (file, text, origin) => {
  const [network] = networksFromFiles([{ file: `/etc/cni/net.d/${file}`, text }]).networks
  expect(network && networkOrigin(network)).toBe(origin)
})

it('host and none are modes, and nothing else is', () => {
  expect(modeNetwork('host')).toMatchObject({ name: 'host', managed: false, file: '' })
  expect(modeNetwork('none')?.list.plugins.map(({ type }) => type)).toEqual(['nerdctl-pseudo'])
  expect(modeNetwork('lan')).toBeUndefined()
})
