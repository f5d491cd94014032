import type { BundleRecord } from '@vethra/container'
import { describe, expect, it } from 'vitest'
import { resolvConfText } from './resolv-conf-text.ts'
import type { ResolverState } from './resolver-state.ts'
import {
  keepLease,
  type ResolvConfOwner,
  type ResolvConfTools,
  tendResolvConf,
  writeResolvConf,
} from './tend-resolv-conf.ts'

const record = { mode: 'cni', networks: [], dns: {} } as unknown as BundleRecord
const owner: ResolvConfOwner = { id: 'web', record, networks: [], resolver: undefined }
const host = 'nameserver 192.0.2.1\n'
const leased = ['10.33.0.7', '10.33.0.8']
const asText = (...servers: readonly string[]) =>
  servers.map((each) => `nameserver ${each}\n`).join('')

describe('the resolvers of a lease', () => {
  const textOf = (more: object) =>
    resolvConfText({
      ...{ record, networks: [], settings: {}, host, rootless: [], resolver: undefined },
      ...{ lease: leased, ...more },
    }).text

  it.each<[string, object, string]>([
    ['stand in place of the host’s', {}, asText(...leased)],
    ['none: the host’s', { lease: [] }, host],
    ['yield to --dns', { record: { ...record, dns: { servers: ['9.9.9.9'] } } }, asText('9.9.9.9')],
    ['yield to the setting', { settings: { dns: ['8.8.4.4'] } }, asText('8.8.4.4')],
  ])('%s', (_what, more, text) => {
    expect(textOf(more)).toBe(text)
  })
})

it.each([
  [['closed'], '10.4.2.1'],
  [['closed', 'lan'], '10.4.1.1'],
  [['lan', 'closed'], '10.4.1.1'],
  [['closed', 'away'], '192.0.2.1'],
])(
  'in networks %j the resolver is asked at %s: in internal ones it asks nobody else',
  (refs, address) => {
    const network = (name: string, isGateway: boolean) => ({
      ...{ name, file: `/c/${name}`, labels: {} },
      list: { plugins: [{ type: 'bridge', text: JSON.stringify({ isGateway }) }] },
    })
    const served = (name: string, address: string) => ({
      ...{ File: `/c/${name}`, Name: name, Addresses: [address], Refused: '' },
    })
    const { text } = resolvConfText({
      ...{ settings: {}, host, rootless: [] },
      record: { ...record, networks: refs.map((ref) => ({ ref })) } as unknown as BundleRecord,
      networks: [network('lan', true), network('closed', false), network('away', true)] as never,
      resolver: {
        Networks: [served('lan', '10.4.1.1'), served('closed', '10.4.2.1')],
      } as unknown as ResolverState,
    })
    expect(text).toBe(asText(address))
  },
)

describe('a resolv.conf', () => {
  const files = new Map<string, string>()
  const tools = {
    settings: {},
    effects: { resolvConf: async () => host },
    files: {
      read: async (path: string) => files.get(path),
      write: async (path: string, text: string) => void files.set(path, text),
    },
    containers: {
      folder: () => '/d/web',
      writeMounted: async (_id: string, name: string, text: string) =>
        void files.set(`/d/web/${name}`, text),
    },
  } as unknown as ResolvConfTools
  const now = () => files.get('/d/web/resolv.conf')

  it('names what a lease came with, keeps it while others change, and the host’s again after', async () => {
    files.clear()
    await writeResolvConf(tools, owner)
    expect(now()).toBe(host)
    await keepLease(tools, owner, leased)
    expect(now()).toBe(asText(...leased))
    // The daemon looks: nothing is due.
    expect(await tendResolvConf(tools, owner)).toBe(false)
    await keepLease(tools, owner, ['10.33.0.9'])
    expect(now()).toBe(asText('10.33.0.9'))
    await keepLease(tools, owner, [])
    expect(now()).toBe(host)
  })

  it('that someone else has written to stays as it is', async () => {
    files.clear()
    await writeResolvConf(tools, owner)
    files.set('/d/web/resolv.conf', asText('127.0.0.1'))
    await keepLease(tools, owner, leased)
    expect(now()).toBe(asText('127.0.0.1'))
  })

  it('of 0.1, which kept no memory, is ours by its text', async () => {
    files.clear()
    files.set('/d/web/resolv.conf', host)
    await keepLease(tools, owner, leased)
    expect(now()).toBe(asText(...leased))
  })

  it('keeps its lease behind the resolver of the host while that runs', async () => {
    files.clear()
    await writeResolvConf(tools, owner)
    await keepLease(tools, owner, leased)
    const resolver = {
      Networks: [{ File: '/c/lan', Name: 'lan', Addresses: ['10.4.1.1'], Refused: '' }],
    } as unknown as ResolverState
    const inLan = {
      ...{
        ...owner,
        record: { ...record, networks: [{ ref: 'lan' }] } as unknown as BundleRecord,
        resolver,
      },
      networks: [{ name: 'lan', file: '/c/lan', labels: {}, list: { plugins: [] } }] as never,
    }
    expect(await tendResolvConf(tools, inLan)).toBe(true)
    expect(now()).toBe(asText('10.4.1.1'))
    expect(await tendResolvConf(tools, owner)).toBe(true)
    expect(now()).toBe(asText(...leased))
  })
})
