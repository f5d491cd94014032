import { expect, it } from 'vitest'
import { waysSeen } from './record-and-entry.ts'

const key = { network: 'lan', containerId: 'c1', ifname: 'eth0' }
const listText =
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"bridge","ipam":{"type":"host-local","subnet":"10.4.1.0/24"}}]}'
const attachment = { ...key, netns: '/n', cniArgs: [], capabilityArgs: {} }
const entry = { network: 'lan', attachment, listText }
const native = [{ type: 'bridge', way: 'native' }] as const
const exec = [{ type: 'bridge', way: 'exec' }] as const
const recordWith = (ways: typeof native | typeof exec | undefined) => ({
  ...{ ...key, netns: '/n', netnsId: '4:1' },
  ...(ways ? { ways } : {}),
})
const marks = new Set(['lan/c1/eth0'])

it.each([
  ['names programs', recordWith(exec), native],
  ['names no ways', recordWith(undefined), native],
  ['is lost', undefined, native],
  ['names plugins of this process', recordWith(native), native],
])('the mark of an interface tells who made it, where the record %s', (_, record, ways) => {
  expect(waysSeen(marks, { key, record, entry })).toEqual(ways)
})

it('without a mark the record is believed', () => {
  expect(waysSeen(new Set(), { key, record: recordWith(exec), entry })).toEqual(exec)
  expect(waysSeen(new Set(), { key, record: undefined, entry })).toBeUndefined()
})
