import { describe, expect, it } from 'vitest'
import { eventFilter, type HostEvent } from './index.ts'

const connected: HostEvent = {
  ID: '2000000000000100',
  Time: '2026-01-31T12:00:00.000Z',
  By: 'cli',
  Type: 'container-connected',
  Message: 'connected',
  Network: 'lan',
  Container: '0123456789abcdef',
  Name: 'web',
  Namespace: 'default',
}
const removed: HostEvent = { ...connected, Type: 'network-removed', Network: 'back' }

describe('eventFilter', () => {
  it.each<[readonly string[], boolean]>([
    [[], true],
    [['type=network'], true],
    [['type=container'], false],
    [['type=container-connected'], true],
    [['type=container-removed'], false],
    [['event=connect'], true],
    [['event=container-connected'], true],
    [['event=disconnect', 'event=connect'], true],
    [['type=network', 'event=create'], false],
    [['network=lan'], true],
    [['network=la'], false],
    [['container=web'], true],
    [['container=we'], false],
    [['container=0123456789abcdef'], true],
    [['container=0123456789ab'], true],
    [['container=0123'], false],
    [['namespace=default', 'by=cli'], true],
    [['by=daemon'], false],
  ])('%j', (filters, passes) => {
    expect(eventFilter(filters)(connected)).toBe(passes)
  })

  it("takes docker's word and podman's for a removal", () => {
    expect(
      ['destroy', 'remove', 'create'].map((each) => eventFilter([`event=${each}`])(removed)),
    ).toEqual([true, true, false])
  })

  it.each([
    '',
    'lan',
    'type=netwrok',
    'event=conect',
    'colour=red',
    'type',
    'type=',
    '__proto__=x',
    'constructor=x',
  ])('refuses %j', (text) => {
    expect(() => eventFilter([text])).toThrow(expect.objectContaining({ code: 103 }))
  })
})
