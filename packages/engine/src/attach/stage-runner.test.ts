import { explain, ioError, parseResult } from '@vethra/cni'
import { memoryIpamStore, memoryKernel } from '@vethra/memory-world'
import type { StageCall, StageWorld } from '@vethra/world'
import { expect, it } from 'vitest'
import { stageRunner } from './stage-runner.ts'

const netns = '/run/netns/a'
const twice = '{"net.core.somaxconn":"1","net.core.somaxconn":"2"}'
const previous = JSON.stringify({
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', sandbox: netns }],
})

function tuning(operation: StageCall['operation']): StageCall {
  const stdin = `{"cniVersion":"1.0.0","name":"lan","type":"tuning","sysctl":${twice}}`
  const call = {
    operation,
    type: 'tuning',
    containerId: 'a',
    netns,
    ifname: 'eth0',
    cniArgs: [],
    stdin,
  }
  return { operation, calls: [call], previous }
}

function worldInMaps(): StageWorld {
  return {
    attachments: memoryKernel(),
    ipamAt: async () => memoryIpamStore(),
    resolvers: async () => ({}),
    programs: { run: async () => '' },
  }
}

it.each(['ADD', 'CHECK'] as const)(
  '%s refuses a sysctl that is given twice, as tuning does as a program',
  async (operation) => {
    const run = stageRunner(worldInMaps())
    await expect(run(tuning(operation))).rejects.toMatchObject({
      message: 'duplicated sysctl keys are not allowed',
    })
  },
)

it('DEL of a conf with a sysctl twice goes on', async () => {
  expect(await stageRunner(worldInMaps())(tuning('DEL'))).toBe(undefined)
})

it.each([
  ['bridge', { ipam: hostLocal('10.4.1.0/24'), isDefaultGateway: true, dns: { search: [] } }],
  ['bridge', { ipam: hostLocal('FD00:0::/64', { gw: 'FD00::9' }), isGateway: true }],
  ['ptp', { ipam: hostLocal('10.4.1.0/24', { priority: 0, mtu: 1400 }) }],
  ['dummy', { ipam: fixed('FD00::02/64', 'FD00:0::1') }],
  ['dummy', { ipam: fixed('10.1.1.2/24', '10.1.1.1'), dns: { nameservers: ['FD00::1'] } }],
  ['dummy', {}],
  ['loopback', {}],
] as const)('the result of an ADD of %s with %o is what its text says', async (type, conf) => {
  const call = dummy('ADD', {})
  const calls = call.calls.map((each) => {
    const stdin = JSON.stringify({ cniVersion: '1.0.0', name: 'lan', type, ...conf })
    return { ...each, type, ifname: type === 'loopback' ? 'lo' : 'eth0', stdin }
  })
  const made = await stageRunner(worldInMaps())({ ...call, calls })
  expect(made).toStrictEqual(parseResult(made?.text ?? '', ''))
})

function hostLocal(subnet: string, route: object = {}) {
  return { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '10.7.7.7/8', ...route }] }
}

function fixed(address: string, gateway: string) {
  return { type: 'static', addresses: [{ address, gateway }], dns: { domain: '', search: ['a'] } }
}

const refused = { before: () => ioError('the link is refused') }

function dummy(operation: StageCall['operation'], ipam: object): StageCall {
  const stdin = JSON.stringify({ cniVersion: '1.0.0', name: 'lan', type: 'dummy', ipam })
  const holder = { containerId: 'a', netns, ifname: 'eth0', cniArgs: [] }
  return { operation, calls: [{ operation, type: 'dummy', ...holder, stdin }] }
}

it('CHECK misses what is in the sets of a table whose rules are gone', async () => {
  const attachments = memoryKernel()
  const store = memoryIpamStore()
  const world = { ...worldInMaps(), attachments, ipamAt: async () => store }
  const call = dummy('ADD', {})
  const plugin = { type: 'bridge', ipam: hostLocal('10.4.1.0/24'), isGateway: true, ipMasq: true }
  const stdin = JSON.stringify({ cniVersion: '1.0.0', name: 'lan', ...plugin })
  const calls = call.calls.map((each) => ({ ...each, type: 'bridge', stdin }))
  const made = await stageRunner(world)({ ...call, calls })
  const checked = { operation: 'CHECK', calls, previous: made?.text ?? '' } as const
  await stageRunner(world)(checked)
  const flushed = { ...attachments, isTableWhole: async () => false }
  const error = stageRunner({ ...world, attachments: flushed })(checked)
  await expect(error).rejects.toMatchObject({
    code: 5,
    message: expect.stringMatching(/make (admit|masquerade) /),
  })
})

it('an ADD that asks for an address of another says how to find who has it', async () => {
  const store = memoryIpamStore()
  const ask = (containerId: string) => {
    const world = { ...worldInMaps(), attachments: memoryKernel(), ipamAt: async () => store }
    const call = dummy('ADD', hostLocal('10.4.1.0/24'))
    const calls = call.calls.map((each) => ({
      ...each,
      containerId,
      cniArgs: [['IP', '10.4.1.9']] as const,
    }))
    return stageRunner(world)({ ...call, calls })
  }
  await ask('a')
  await expect(ask('b')).rejects.toMatchObject({
    code: 999,
    message: expect.stringContaining('10.4.1.9'),
    hint: expect.stringContaining('vethra ipam ls --network lan'),
  })
})

it('an ADD whose address cannot be given back either says first why it failed', async () => {
  const store = memoryIpamStore()
  const world: StageWorld = {
    ...worldInMaps(),
    attachments: memoryKernel(refused),
    ipamAt: async () => ({ ...store, release: () => Promise.reject(ioError('the disk is gone')) }),
  }
  const ipam = { type: 'host-local', ranges: [[{ subnet: '10.4.1.0/24' }]] }
  const error = await stageRunner(world)(dummy('ADD', ipam)).catch((each: unknown) => each)
  expect(explain(error)).toEqual([
    'error: the link is refused (CNI code 5)',
    '  caused by: the disk is gone (CNI code 5)',
  ])
})

it('a DEL whose IPAM program and kernel both refuse says so of both', async () => {
  const attachments = memoryKernel(refused)
  const owner = { kind: 'attachment', network: 'lan', containerId: 'a', ifname: 'eth0' } as const
  const type = { name: 'dummy' } as const
  attachments.place(netns, {
    owner,
    resource: { kind: 'link', place: 'container', name: 'eth0', type, up: true },
  })
  const programs = { run: () => Promise.reject(ioError('no lease')) }
  const call = dummy('DEL', { type: 'dhcp' })
  const [first] = call.calls
  const error = await stageRunner({ ...worldInMaps(), attachments, programs })({
    ...call,
    ...(first ? { ipam: { ...first, type: 'dhcp' } } : {}),
  }).catch((each: unknown) => each)
  expect(explain(error)).toEqual([
    'error: no lease (CNI code 5)',
    '  caused by: the link is refused (CNI code 5)',
  ])
})
