import { expect, it } from 'vitest'
import { readValidAttachment } from './attachment.ts'

it.each([
  [
    { containerID: 'web', ifname: 'eth0' },
    { containerId: 'web', ifname: 'eth0' },
  ],
  [
    { CONTAINERID: 'web', IfName: 'eth0' },
    { containerId: 'web', ifname: 'eth0' },
  ],
  [{ containerID: 'web', containerid: 'db', ifname: 'eth0' }, undefined],
  [{ containerID: 'web' }, undefined],
  [{ containerID: 1, ifname: 'eth0' }, undefined],
  [['web', 'eth0'], undefined],
  [null, undefined],
])('%j names the valid attachment %j', (value, expected) => {
  expect(readValidAttachment(value)).toEqual(expected)
})
