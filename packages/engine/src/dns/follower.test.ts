import { expect, it } from 'vitest'
import { newExaminer } from './examiner.ts'
import { type FollowerParts, newFollower } from './follower.ts'
import { newStop } from './signal.ts'

const network = { File: '/n/lan.conflist', Name: 'lan', Addresses: ['10.9.1.1'] }

/** The seconds at which a follower asks containers, and the kernel for lent addresses, on a host where questions arrive, or a firewall drops them. */
async function followed(
  seconds: number,
  Refused: string,
  changes: Readonly<Record<number, string>> = {},
) {
  const stop = newStop()
  const seen = { examined: [] as number[], lent: [] as number[] }
  let nowMs = 1_000_000
  const at = () => Math.floor(nowMs / 1000) - 1000
  const idle = async (ms: number) => {
    const before = at()
    nowMs += ms
    // The examiner has its turn.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    if (at() > seconds) stop.order()
    const change = changes[at()]
    if (at() > before && change !== undefined) follower.note(change)
  }
  const state = { Pid: 1, StartTime: '1', Networks: [{ ...network, Refused }], Upstream: [] }
  const clock = { now: () => nowMs, idle, sleep: async () => {} }
  const onFault = (fault: unknown) => {
    throw fault
  }
  const examine = async (isAll: boolean) => {
    if (isAll) seen.examined.push(at())
    return false
  }
  const asking = { clock, serving: { examine }, onFault, onOther: () => {}, quietMs: 10 }
  const examiner = newExaminer(asking)
  const parts = {
    ...{ clock, onFault, examiner },
    recorded: { refresh: async () => ({ networks: false, containers: [] }) },
    serving: {
      place: () => {},
      tendUpstream: async () => {},
      listen: async (isChanged: boolean) => {
        if (isChanged) seen.lent.push(at())
        return state.Networks
      },
      faults: () => [],
      isInDoubt: () => false,
    },
    publisher: { add: () => {} },
    quietMs: 10,
  } as unknown as FollowerParts
  const follower = newFollower(parts, state)
  await Promise.all([follower.run(stop), examiner.run(stop)])
  return seen
}

it('containers ask every half a minute', async () => {
  expect((await followed(100, '')).examined).toEqual([1, 32, 63, 94])
})

it('containers whose questions are dropped ask sooner, and ever less often while it stays so', async () => {
  expect((await followed(160, 'a firewall drops them')).examined).toEqual([
    1, 7, 15, 31, 62, 93, 124, 155,
  ])
})

it('the kernel is asked for lent addresses after a change, and when containers ask', async () => {
  const { lent } = await followed(70, '', { 9: 'interfaces and addresses', 40: 'nftables' })
  expect([...new Set(lent)]).toEqual([1, 9, 31, 40, 61])
})
