import { expect, it } from 'vitest'
import { type AppArmorFacts, profileToLoad } from './apparmor-host.ts'
import { profileText } from './profile-text.ts'

const host: AppArmorFacts = {
  profiles: 'docker-default (enforce)\n/usr/sbin/cupsd (enforce)\n',
  enabled: 'Y\n',
  uidMap: '         0          0 4294967295\n',
}

it('the profile is loaded where the kernel has AppArmor', () => {
  expect(profileToLoad(host)).toBe(profileText())
  expect(profileToLoad({ ...host, profiles: '' })).toBe(profileText())
})

it.each<[string, Partial<AppArmorFacts>]>([
  ['the kernel has no AppArmor', { profiles: undefined, enabled: undefined }],
  ['securityfs is not mounted', { profiles: undefined }],
  ['AppArmor is switched off', { enabled: 'N\n' }],
  ['this is a user namespace', { uidMap: '0 1000 1\n1 100000 65536\n' }],
  ['this is a user namespace of root alone', { uidMap: '0 0 1\n' }],
  ['ids are not to be known', { uidMap: undefined }],
  ['it is loaded', { profiles: 'docker-default (enforce)\nnerdctl-default (enforce)\n' }],
  ['it is loaded, and only complains', { profiles: 'nerdctl-default (complain)\n' }],
])('nothing is tried where %s', (_, facts) => {
  expect(profileToLoad({ ...host, ...facts })).toBeUndefined()
})

it('a profile of a longer name is another one', () => {
  const profiles = 'nerdctl-default-strict (enforce)\nmy-nerdctl-default (enforce)\n'
  expect(profileToLoad({ ...host, profiles })).toBe(profileText())
})
