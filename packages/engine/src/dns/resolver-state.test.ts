import { type LockPlaces, resolverFile } from '@vethra/cni'
import { expect, it } from 'vitest'
import { runningResolver } from './resolver-state.ts'

const places = { runtime: '/run/vethra', dataStore: '/data' } as unknown as LockPlaces
const stat = '7 (vethra) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0'

/** The resolver that runs where its file has a text, and process 7 has begun at 4711. */
function running(text: string | undefined) {
  const files = new Map([['/proc/7/stat', stat]])
  if (text !== undefined) files.set(resolverFile(places), text)
  return runningResolver({ read: async (path) => files.get(path) }, places)
}

it('a resolver runs where its process has the start time of its file', async () => {
  expect(await running('{"Pid":7,"StartTime":"4711","Networks":[{"Name":"lan"}]}')).toEqual({
    Pid: 7,
    StartTime: '4711',
    Networks: [{ File: '', Name: 'lan', Addresses: [], Refused: '' }],
    Upstream: [],
  })
})

it.each([
  [undefined],
  [''],
  ['\0\0\0'],
  ['{"Pid":7,"StartTime":"47'],
  ['['.repeat(200_000)],
  ['[]'],
  ['null'],
  ['{"Pid":{},"StartTime":[]}'],
  ['{"Pid":7,"StartTime":"4712"}'],
  ['{"Pid":"7/../8","StartTime":"undefined"}'],
])('none runs where its file is %j', async (text) => {
  expect(await running(text)).toBeUndefined()
})
