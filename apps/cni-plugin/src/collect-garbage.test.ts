import { memoryIpamStore } from '@vethra/memory-world'
import { expect, it } from 'vitest'
import { collectGarbage } from './collect-garbage.ts'

async function filled() {
  const store = memoryIpamStore()
  for (const [index, id] of ['a', 'b', 'c'].entries()) {
    const address = { family: 4, value: 0x0a040002n + BigInt(index) } as const
    const claim = { containerId: id, ifname: 'eth0', set: 0, candidates: () => [address] }
    await store.reserveFirst('lan', claim)
  }
  return store
}
const key = 'cni.dev/valid-attachments'

it.each<[string, Parameters<typeof collectGarbage>[2], readonly string[]]>([
  ['what is valid', { [key]: [{ containerID: 'b', ifname: 'eth0' }] }, ['b']],
  ['nothing of another interface', { [key]: [{ containerID: 'b', ifname: 'eth1' }] }, []],
  [
    'what the older key has',
    { 'cni.dev/attachments': [{ containerID: 'a', ifname: 'eth0' }] },
    ['a'],
  ],
  ['nothing for an empty list', { [key]: [] }, []],
  ['nothing for null, which is libcni for an empty list', { [key]: null }, []],
])('keeps %s', async (_, conf, kept) => {
  const store = await filled()
  await collectGarbage(store, 'lan', conf)
  expect((await store.list('lan')).map(({ containerId }) => containerId)).toEqual(kept)
})

it.each([
  {},
  { [key]: 5 },
  { [key]: [{ containerID: 'a' }] },
  { [key]: ['a'] },
  { [key]: [{ containerID: 'a', ContainerID: 'b', ifname: 'eth0' }] },
])('frees nothing when the list is %j', async (conf) => {
  const store = await filled()
  await expect(collectGarbage(store, 'lan', conf)).rejects.toMatchObject({ code: 7 })
  expect(await store.list('lan')).toHaveLength(3)
})
