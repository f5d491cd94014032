import { CniError } from '@vethra/cni'
import { type MemoryKernelOptions, memoryKernel } from '@vethra/memory-world'
import { describeChange, targetOf } from '@vethra/state'
import type { UsedByHost } from '@vethra/world'
import { expect, it } from 'vitest'
import type { NamespaceNames } from './dns-names.ts'
import { newLentAddresses, takeBackAddresses } from './lent-addresses.ts'

const network = (name: string) => ({
  file: `/n/${name}.conflist`,
  name,
  bridge: `br-${name}`,
  addresses: [`10.${name.length}.0.1`, `fd0${name.length}::1`],
  lent: [`10.${name.length}.0.1/24`, `fd0${name.length}::1/64`],
})
const [one, other] = [network('one'), network('other')]
const open = { ...network('outward'), lent: [] }

function host(options: MemoryKernelOptions = {}) {
  const [log, reports]: [string[], CniError[]] = [[], []]
  const state = { nowMs: 0, used: [] as UsedByHost[] }
  const kernel = memoryKernel({
    ...options,
    before: (change) => {
      log.push(`${change.kind} ${targetOf(change).resource.kind}`)
      return options.before?.(change)
    },
  })
  const tools = {
    kernel: async () => kernel,
    clock: { now: () => state.nowMs },
    facts: async () => ({ hostPrefixes: async () => state.used }),
    onReport: (report: CniError) => void reports.push(report),
    onFault: (report: CniError) => void reports.push(report),
  } as unknown as Parameters<typeof newLentAddresses>[0] & Parameters<typeof takeBackAddresses>[0]
  const makeBridge = (name: string) =>
    kernel.place('', {
      owner: { kind: 'host' },
      resource: { kind: 'link', place: 'host', name, type: { name: 'bridge' }, up: true },
    })
  const shown = () =>
    [...kernel.contents.keys()]
      .filter((each) => !each.includes(' link '))
      .map((each) => each.replace(/^host /, ''))
      .toSorted()
  return { kernel, tools, state, log, reports, makeBridge, shown }
}

const stateOf = (name: string) => [
  `address host br-${name} 10.${name.length}.0.1/24`,
  `address host br-${name} fd0${name.length}::1/64`,
  `isolate br-${name} dnsonly`,
]

it('a bridge gets its addresses once it is there, the mark before them, and each look after that changes nothing', async () => {
  const { tools, log, makeBridge, shown } = host()
  const lent = newLentAddresses(tools)
  const ready = () => [lent.isReady(one), lent.isReady(open)]
  await lent.lend([one, open], [], true)
  expect([shown(), ready()]).toEqual([[], [false, true]])
  makeBridge(one.bridge)
  await lent.lend([one, open], [], true)
  expect(ready()).toEqual([true, true])
  expect([shown(), log]).toEqual([stateOf('one'), ['make isolate', 'make address', 'make address']])
  await lent.lend([one, open], [], true)
  expect(log.length).toBe(3)
})

it('a network that goes, or is listened in no more, loses them, the mark after them', async () => {
  const { tools, log, makeBridge, shown } = host()
  const lent = newLentAddresses(tools)
  for (const { bridge } of [one, other]) makeBridge(bridge)
  await lent.lend([one, other], [], true)
  log.length = 0
  await lent.lend([{ ...one, addresses: [] }, other], [], true)
  expect([shown(), log]).toEqual([
    stateOf('other'),
    ['remove address', 'remove address', 'remove isolate'],
  ])
  await lent.lend([], [], true)
  expect(shown()).toEqual([])
})

it('what a flush took of it comes back, and a bridge that is made again gets its addresses again', async () => {
  const { kernel, tools, makeBridge, shown } = host()
  const lent = newLentAddresses(tools)
  makeBridge(one.bridge)
  await lent.lend([one], [], true)
  await kernel.apply('', [
    {
      kind: 'remove',
      from: {
        owner: { kind: 'network', network: 'one' },
        resource: { kind: 'isolate', bridge: one.bridge, from: 'dnsonly' },
      },
    },
  ])
  await lent.lend([one], [], true)
  expect(shown()).toEqual(stateOf('one'))
})

it('a kernel that refuses one address gives the other, and is asked again 5 seconds later', async () => {
  let isRefusing = true
  const { tools, state, log, makeBridge, shown } = host({
    before: (change) =>
      isRefusing && describeChange(change).includes('fd0')
        ? new CniError({ code: 5, message: 'no IPv6' })
        : undefined,
  })
  const lent = newLentAddresses(tools)
  makeBridge(one.bridge)
  await lent.lend([one], [], true)
  const tried = log.length
  const refused = () => one.addresses.map((each) => lent.refusal(each)?.message)
  expect(refused()).toEqual([undefined, 'no IPv6'])
  expect(shown()).toEqual(stateOf('one').filter((each) => !each.includes('fd0')))
  isRefusing = false
  state.nowMs = 4000
  await lent.lend([one], [], true)
  expect(log.length).toBe(tried)
  state.nowMs = 5000
  await lent.lend([one], [], true)
  expect([refused(), shown()]).toEqual([[undefined, undefined], stateOf('one')])
})

it('where the kernel cannot be asked it gets none, and all other networks go on', async () => {
  const { tools, makeBridge } = host()
  makeBridge(one.bridge)
  const hostPrefixes = () => Promise.reject(new CniError({ code: 100, message: 'no ip' }))
  const lent = newLentAddresses({ ...tools, facts: async () => ({ hostPrefixes }) as never })
  await lent.lend([one, open], [], true)
  expect([...one.addresses, ...open.addresses].map((each) => lent.refusal(each)?.message)).toEqual([
    'no ip',
    'no ip',
    undefined,
    undefined,
  ])
})

it('where the mark is refused, or its subnet is in use, it gets none', async () => {
  const { tools, state, makeBridge, shown, log } = host({
    before: ({ kind }) =>
      kind === 'make' ? new CniError({ code: 5, message: 'no nf_tables' }) : undefined,
  })
  makeBridge(one.bridge)
  const lent = newLentAddresses(tools)
  await lent.lend([one], [], true)
  expect(one.addresses.map((each) => lent.refusal(each)?.message)).toEqual([
    'no nf_tables',
    'no nf_tables',
  ])
  expect(log).toEqual(['make isolate'])
  state.used = [{ source: 'address', prefix: '10.3.0.9/24', interface: 'eth0' }]
  state.nowMs = 5000
  await lent.lend([one], [], true)
  expect(lent.refusal('10.3.0.1')?.message).toMatch(/eth0/)
  expect(shown()).toEqual([])
})

it('what a killed resolver left is taken back where its mark is, and nothing else', async () => {
  const { kernel, tools, makeBridge, shown } = host()
  for (const { bridge } of [one, other]) makeBridge(bridge)
  await newLentAddresses(tools).lend([one], [], true)
  const foreign = {
    kind: 'address',
    place: 'host',
    link: other.bridge,
    address: '10.5.0.1',
    prefixLength: 24,
  } as const
  kernel.place('', { owner: { kind: 'host' }, resource: foreign })
  const conf = (name: string) => ({
    ...{ name, file: `/n/${name}.conflist`, managed: true, labels: {} },
    list: {
      plugins: [
        {
          type: 'bridge',
          text: JSON.stringify({
            bridge: `br-${name}`,
            ipam: {
              type: 'host-local',
              ranges: [
                [{ subnet: `10.${name.length}.0.0/24` }],
                [{ subnet: `fd0${name.length}::/64` }],
              ],
            },
          }),
        },
      ],
    },
  })
  const all = [{ networks: [conf('one'), conf('other')] }] as unknown as NamespaceNames[]
  await takeBackAddresses(tools, all)
  expect(shown()).toEqual(['address host br-other 10.5.0.1/24'])
})
