import { CniError } from '@vethra/cni'
import { type ForeignNetwork, readDockerNetworks } from '@vethra/networks'
import { expect, it } from 'vitest'
import { applyImport, planImport } from './network-import.ts'
import type { ManageTools } from './tools.ts'

// A host with no network and every plugin, whose folder of conf lists is a Map.
function openTools(full: readonly string[] = []) {
  const files = new Map<string, string>()
  const reads: string[] = []
  const told: unknown[] = []
  const fileOf = (name: string) => `/n/nerdctl-${name}.conflist`
  const tools = {
    settings: { namespace: 'default', addressPools: [], cniPath: ['/p'] },
    host: {
      plugins: 'auto',
      runner: { stage: async () => undefined },
      events: { append: async (event: unknown) => void told.push(event) },
    },
    networks: {
      list: async () => {
        reads.push('list')
        return [...files].map(([file, text]) => ({ file, text }))
      },
      listOthers: async () => {
        reads.push('listOthers')
        return []
      },
      fileOf,
      exclusively: <T>(work: () => Promise<T>) => work(),
      create: async (name: string, text: string) => {
        if (full.includes(name)) throw new CniError({ code: 5, message: 'ENOSPC' })
        files.set(fileOf(name), text)
      },
      remove: async (file: string) => void files.delete(file),
    },
    effects: {
      hostPrefixes: async () => {
        reads.push('hostPrefixes')
        return [{ prefix: '10.3.0.0/16', source: 'address', interface: 'docker0' }]
      },
      defaultRoute: async () => undefined,
      hasPlugin: async () => true,
      findLink: async () => undefined,
      kernelFeatures: async () => {
        reads.push('kernelFeatures')
        return []
      },
    },
  }
  return { files, reads, told, tools: tools as unknown as ManageTools }
}

const docker = (...networks: readonly object[]): readonly ForeignNetwork[] =>
  readDockerNetworks(JSON.stringify(networks), 'FILE')
const lan = (Name: string, Subnet: string, more: object = {}) => ({
  ...{ Name, Driver: 'bridge', IPAM: { Config: [{ Subnet }] } },
  ...more,
})
const states = (rows: readonly { readonly Name: string; readonly Status: string }[]) =>
  rows.map(({ Name, Status }) => `${Name} ${Status}`)

const five = docker(
  lan('aa', '10.1.0.0/24'),
  lan('bb', '10.1.0.0/16'),
  lan('cc', '10.3.1.0/24'),
  lan('aa', '10.4.0.0/24'),
  lan('dd', '10.5.0.0/24', { Driver: 'overlay' }),
  lan('ee', '10.6.0.0/24'),
)
const refused = ['bb refused', 'cc refused', 'aa refused', 'dd refused']

it('a plan shows each network as if those before it were there, and makes none', async () => {
  const { files, tools } = openTools()
  expect(states(await planImport(tools, five))).toEqual(['aa new', ...refused, 'ee new'])
  expect(files.size).toBe(0)
})

it('all are created, and once', async () => {
  const { files, tools } = openTools()
  const two = docker(lan('aa', '10.1.0.0/24'), lan('ee', '10.6.0.0/24'))
  expect(states(await applyImport(tools, two))).toEqual(['aa created', 'ee created'])
  expect([...files.keys()]).toEqual(['/n/nerdctl-aa.conflist', '/n/nerdctl-ee.conflist'])
  const before = new Map(files)
  expect(states(await applyImport(tools, two))).toEqual(['aa equal', 'ee equal'])
  expect(files).toEqual(before)
})

it('none is created where one is refused', async () => {
  const { files, tools } = openTools()
  expect(states(await applyImport(tools, five))).toEqual(['aa new', ...refused, 'ee new'])
  expect(files.size).toBe(0)
})

it.each([planImport, applyImport])('%o reads folder, host and kernel once', async (run) => {
  const { reads, tools } = openTools()
  await run(tools, five)
  expect(reads.toSorted()).toEqual(['hostPrefixes', 'kernelFeatures', 'list', 'listOthers'])
})

it('where one cannot be written, those before it are removed', async () => {
  const { files, told, tools } = openTools(['bb'])
  const subnets = { aa: '10.1.0.0/24', bb: '10.2.0.0/24', cc: '10.4.0.0/24' }
  const three = docker(...Object.entries(subnets).map(([name, subnet]) => lan(name, subnet)))
  const rows = await applyImport(tools, three)
  expect(states(rows)).toEqual(['aa new', 'bb refused', 'cc new'])
  expect(rows[1]).toMatchObject({ Reason: 'ENOSPC' })
  expect([files.size, told]).toEqual([0, []])
})

it('more subnets than can be compared in a moment are refused', async () => {
  const { tools } = openTools()
  const Config = Array.from({ length: 63 }, (_, n) => ({ Subnet: `10.9.${n}.0/24` }))
  const many = docker(
    ...Array.from({ length: 32 }, (_, n) => lan(`n${n}`, '', { IPAM: { Config } })),
  )
  await expect(planImport(tools, many)).rejects.toMatchObject({ code: 7 })
})

it('one that differs from an existing network is refused, and stays as it is', async () => {
  const { files, tools } = openTools()
  await applyImport(tools, docker(lan('aa', '10.1.0.0/24')))
  const before = new Map(files)
  const [row] = await applyImport(tools, docker(lan('aa', '10.2.0.0/24')))
  expect(row).toMatchObject({ Status: 'refused', Reason: expect.stringContaining('10.1.0.0/24') })
  expect(files).toEqual(before)
})

it('a parent that the host has not is named, with the cause of a refusal', async () => {
  const { tools } = openTools()
  const one = lan('aa', '10.1.0.0/24', { Driver: 'macvlan', Options: { parent: 'eth9' } })
  const [row] = await planImport(tools, docker(one))
  expect(row).toMatchObject({ Status: 'refused', Reason: expect.stringContaining('eth9') })
})
