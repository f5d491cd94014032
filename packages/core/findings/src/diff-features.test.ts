import type { SeenFeature } from '@vethra/state'
import { expect, it } from 'vitest'
import { nothingDesired, nothingObserved, ourNetwork } from '../test/sample-states.ts'
import { type DesiredNetwork, type DesiredState, diff } from './index.ts'

const features: readonly SeenFeature[] = [
  { name: 'VLAN', option: 'CONFIG_VLAN_8021Q', module: '8021q', state: 'missing' },
  { name: 'SCTP', option: 'CONFIG_IP_SCTP', module: 'sctp', state: 'missing' },
]
const observed = { ...nothingObserved, host: { ...nothingObserved.host, features } }
const found = (desired: Partial<DesiredState>) =>
  diff({ ...nothingDesired, ...desired }, observed).filter(
    ({ kind }) => kind === 'kernel-feature-missing',
  )
const vlan: DesiredNetwork = { ...ourNetwork, name: 'tagged', features: ['VLAN'] }

it('a network that needs what the kernel lacks is named, with the option and the module', () => {
  const [only, ...others] = found({ networks: [vlan, { ...vlan, name: 'other', ours: false }] })
  expect(others).toEqual([])
  expect(only).toMatchObject({ severity: 'error', subject: { name: 'kernel feature VLAN' } })
  expect(only?.message).toContain('tagged, other')
  expect(only?.evidence.join()).toContain('CONFIG_VLAN_8021Q')
  expect(only?.fix).toContain('modprobe 8021q')
})

it('a module that is blocked is named with the line that blocks it, which is the way out', () => {
  const blockedBy = '"install 8021q /bin/false" in /etc/modprobe.d/x.conf'
  const blocked = { ...features[0], state: 'blocked', blockedBy } as SeenFeature
  const host = { ...nothingObserved.host, features: [blocked] }
  const [only] = diff({ ...nothingDesired, networks: [vlan] }, { ...nothingObserved, host }).filter(
    ({ kind }) => kind === 'kernel-feature-missing',
  )
  expect(only?.evidence).toEqual([`module 8021q is blocked by ${blockedBy}`])
  expect(only?.fix).toContain(blockedBy)
})

it('of a network of others it is a warning', () => {
  expect(found({ networks: [{ ...vlan, ours: false }] })).toMatchObject([{ severity: 'warning' }])
})

it('a published SCTP port needs SCTP, any other does not', () => {
  const port = { hostPort: 80, containerPort: 80, hostIp: '' }
  const container = {
    namespace: 'default',
    id: 'c',
    containerId: 'default-c',
    name: '',
    networks: [],
  }
  const asking = (protocol: string) =>
    found({ containers: [{ ...container, ports: [{ ...port, protocol }] }] })
  expect(asking('sctp')).toMatchObject([
    { severity: 'error', fix: expect.stringContaining('sctp') },
  ])
  expect(asking('udp')).toEqual([])
})
