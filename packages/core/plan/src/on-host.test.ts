import { parseConfList } from '@vethra/conflist'
import { attachmentChains } from '@vethra/model'
import type { ParsedResult } from '@vethra/result'
import { CniError, explain } from '@vethra/spec'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  type AttachmentRecord,
  attachAll,
  type CachedAttachment,
  detachAll,
  type HostTools,
  type Membership,
} from './index.ts'

const listOf = (name: string, firewall = false) =>
  parseConfList(
    `{"cniVersion":"1.0.0","name":"${name}","plugins":[{"type":"main-${name}"}${firewall ? ',{"type":"firewall"}' : ''}]}`,
  )
const member = (network: string, ifname: string, list = listOf(network)): Membership => ({
  network,
  list,
  attachment: { containerId: 'ns-c1', netns: '/n', ifname, cniArgs: [], capabilityArgs: {} },
})

const place = { bootId: 'b', place: '24:2' }
const seen = { found: 'namespace', netnsId: '4:1', cookie: '1', ...place } as const
const another = { ...seen, cookie: '2' }
const missing = { found: 'missing', netnsId: '', ...place } as const

let log: string[]
let entries: Map<string, CachedAttachment>
let records: Map<string, AttachmentRecord>
let broken: string[]
let saved: string
let tools: HostTools

beforeEach(() => {
  log = []
  entries = new Map()
  records = new Map()
  broken = []
  saved = ''
  tools = {
    runner: {
      run: async ({ operation, type, netns }) => {
        log.push(`${operation} ${type}${netns === '' ? ' (gone)' : ''}`)
        if (broken.includes(`${operation} ${type}`)) {
          throw new CniError({ code: 100, message: `no ${type}`, hint: 'Install it.' })
        }
        return '{"cniVersion":"1.0.0"}'
      },
    },
    cache: {
      flush: async () => undefined,
      check: async () => undefined,
      read: async ({ network, ifname }) => entries.get(network + ifname),
      write: async (entry) => void entries.set(entry.network + entry.attachment.ifname, entry),
      remove: async ({ network, ifname }) => void entries.delete(network + ifname),
      list: async () => [...entries.values()],
    },
    lock: {
      hold: async (path, work) => {
        if (!path.includes('/network-')) log.push(`lock ${path.split('/').at(-1)}`)
        return work()
      },
    },
    rules: {
      save: async () => [{ family: 4, text: saved }],
      restore: async (family, text) => void log.push(`restore ${family}: ${text.split('\n')[1]}`),
    },
    records: {
      write: async (record) => void records.set(record.network + record.ifname, record),
      flush: async () => undefined,
      read: async ({ network, ifname }) => records.get(network + ifname),
      remove: async ({ network, ifname }) => void records.delete(network + ifname),
      list: async (id) =>
        [...records.values()].filter(({ containerId }) => !id || containerId === id),
    },
    netns: {
      look: async (path) => (path === '/n' ? seen : missing),
      interfaceIn: async () => undefined,
      nonce: () => 'n1',
      pluginsEnded: async (id, nonce) => void log.push(`wait for ${id} by ${nonce}`),
    },
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
})

describe('attachAll', () => {
  it('attaches to one network after the other under the lock of the container', async () => {
    await attachAll(tools, [member('a', 'eth0'), member('b', 'eth1')])
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-a', 'ADD main-b'])
    expect(entries.size).toBe(2)
  })

  it('foresees all results from the first plugin of the last network on, while others are left to run', async () => {
    const lists = ['a', 'b'].map((name) => listOf(name, true))
    const seen: string[] = []
    const foresee = (results: readonly ParsedResult[]) => {
      seen.push(`${results.length} after ${log.filter((each) => each.startsWith('ADD')).at(-1)}`)
    }
    const memberships = lists.map((list, index) => member('ab'[index] ?? '', `eth${index}`, list))
    await attachAll(tools, memberships, async () => {}, foresee)
    expect(seen).toEqual(['2 after ADD main-b'])
  })

  it('undoes the networks before the one that fails, and tells the failure first', async () => {
    broken = ['ADD main-b', 'DEL main-a']
    const error = await attachAll(tools, [member('a', 'eth0'), member('b', 'eth1')]).catch((e) => e)
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-a', 'ADD main-b', 'DEL main-a'])
    expect(explain(error)).toEqual([
      'error: ADD of network b failed for container ns-c1 (eth1) (CNI code 100)',
      '  caused by: plugin type="main-b" failed (add) (CNI code 100)',
      '  caused by: no main-b (CNI code 100)',
      '  caused by: DEL of network a failed for container ns-c1 (eth0) (CNI code 100)',
      '  caused by: plugin type="main-a" failed (delete) (CNI code 100)',
      '  caused by: no main-a (CNI code 100)',
      '  hint: Install it.',
    ])
  })

  it('records what is ours from before the first plugin until DEL is done', async () => {
    const { run } = tools.runner
    tools.runner.run = (call) => {
      log.push(`records ${[...records.keys()]}`)
      return run(call)
    }
    await attachAll(tools, [member('a', 'eth0')])
    expect(log.slice(1)).toEqual(['records aeth0', 'ADD main-a'])
    expect(records.get('aeth0')).toMatchObject({
      containerId: 'ns-c1',
      netns: '/n',
      netnsId: '4:1',
      cookie: '1',
      bootId: 'b',
      place: '24:2',
      nonce: 'n1',
    })
    await detachAll(tools, [member('a', 'eth0')])
    expect(records.size).toBe(0)
  })

  it('forgets the record of a failure that was undone, and keeps that of one that was not', async () => {
    broken = ['ADD main-a']
    await attachAll(tools, [member('a', 'eth0')]).catch(() => undefined)
    expect(records.size).toBe(0)
    broken = ['ADD firewall', 'DEL main-b']
    await attachAll(tools, [member('b', 'eth0', listOf('b', true))]).catch(() => undefined)
    expect([...records.keys()]).toEqual(['beth0'])
  })

  it('forgets what is ours only when the rules that plugins leave have gone', async () => {
    const [chain] = attachmentChains('a', 'ns-c1')
    saved = `*nat\n:${chain} - [0:0]\n-A POSTROUTING -s 10.0.0.2/32 -j ${chain}\nCOMMIT\n`
    const { restore } = tools.rules
    const denied = new CniError({ code: 5, message: 'not now' })
    tools = { ...tools, rules: { ...tools.rules, restore: () => Promise.reject(denied) } }
    broken = ['ADD main-a']
    await expect(attachAll(tools, [member('a', 'eth0')])).rejects.toMatchObject({ code: 100 })
    expect([...records.keys()]).toEqual(['aeth0'])
    broken = []
    const gone = { ...member('a', 'eth0').attachment, netns: '' }
    await expect(detachAll(tools, [{ ...member('a', 'eth0'), attachment: gone }])).rejects.toBe(
      denied,
    )
    expect([...records.keys()]).toEqual(['aeth0'])
    const allowed = { ...tools, rules: { ...tools.rules, restore } }
    await detachAll(allowed, [{ ...member('a', 'eth0'), attachment: gone }])
    expect(log.at(-1)).toContain('restore 4: -D POSTROUTING')
    expect(records.size).toBe(0)
  })

  it('undoes an ADD that was killed with the result that it had by then', async () => {
    const { run } = tools.runner
    const killed = new Error('killed')
    tools.runner.run = (call) => (call.type === 'firewall' ? Promise.reject(killed) : run(call))
    await expect(attachAll(tools, [member('a', 'eth0', listOf('a', true))])).rejects.toBe(killed)
    expect(records.get('aeth0')?.made?.result).toBe('{"cniVersion":"1.0.0"}')
    const requests: string[] = []
    tools.runner.run = async ({ stdin }) => {
      requests.push(stdin)
      return ''
    }
    await detachAll(tools, [{ ...member('a', 'eth0'), list: undefined }])
    expect(requests.map((stdin) => JSON.parse(stdin).prevResult)).toEqual([
      { cniVersion: '1.0.0' },
      { cniVersion: '1.0.0' },
    ])
  })

  it('undoes an ADD that was killed, once its plugins have ended', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    entries.clear()
    log = []
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual([
      'lock attachment-ns-c1',
      'wait for ns-c1 by n1',
      'DEL main-a',
      'ADD main-a',
    ])
  })

  it('removes what an earlier life of the container left, and only then', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    log = []
    tools = { ...tools, netns: { ...tools.netns, look: async () => another } }
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-a (gone)', 'ADD main-a'])
  })

  it('makes an attachment anew that is there already, in the namespace that it is in', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    log = []
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-a', 'ADD main-a'])
  })

  it('takes turns while the shared chains do not exist', async () => {
    await attachAll(tools, [member('a', 'eth0', listOf('a', true))])
    expect(log).toEqual([
      'lock attachment-ns-c1',
      'ADD main-a',
      'lock shared-chains',
      'ADD firewall',
    ])
    saved =
      '*filter\n:CNI-FORWARD - [0:0]\n-A FORWARD -j CNI-FORWARD\n-A CNI-FORWARD -j CNI-ADMIN\nCOMMIT\n'
    log = []
    await attachAll(tools, [member('b', 'eth0', listOf('b', true))])
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-b', 'ADD firewall'])
  })

  it('undoes everything when what belongs to the attaching fails', async () => {
    const settle = async () => {
      throw new CniError({ code: 5, message: 'disk full' })
    }
    await expect(attachAll(tools, [member('a', 'eth0')], settle)).rejects.toMatchObject({ code: 5 })
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-a', 'DEL main-a'])
  })

  it('undoes everything when what is remembered does not reach the disk, and tells all that failed', async () => {
    const full = new CniError({ code: 5, message: 'disk full' })
    tools = { ...tools, cache: { ...tools.cache, flush: () => Promise.reject(full) } }
    const settle = async (_: unknown, onDisk: Promise<void>) => onDisk
    await expect(attachAll(tools, [member('a', 'eth0')], settle)).rejects.toBe(full)
    expect(log.at(-1)).toBe('DEL main-a')
    const other = new CniError({ code: 5, message: 'no names' })
    const error = await attachAll(tools, [member('a', 'eth0')], () => Promise.reject(other)).catch(
      explain,
    )
    expect(error).toEqual(['error: no names (CNI code 5)', '  caused by: disk full (CNI code 5)'])
  })

  it('names a network that is not there', async () => {
    const error = await attachAll(tools, [{ ...member('a', 'eth0'), list: undefined }]).catch(
      (e) => e,
    )
    expect(error).toMatchObject({ code: 101, message: 'no such network: "a"' })
  })
})

describe('detachAll', () => {
  it('goes through all networks, the last one first, and reports every failure', async () => {
    broken = ['DEL main-b']
    const error = await detachAll(tools, [member('a', 'eth0'), member('b', 'eth1')]).catch((e) => e)
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-b', 'DEL main-a'])
    expect(error).toMatchObject({ code: 100, message: expect.stringContaining('DEL of network b') })
  })

  it.each([
    ['namespace is there and ADD is remembered', '/n', true, 'DEL main-a'],
    ['namespace is gone', '', true, 'restore 4: -D POSTROUTING -s 10.0.0.2/32 -j '],
    ['ADD is not remembered', '/n', false, 'restore 4: -D POSTROUTING -s 10.0.0.2/32 -j '],
  ])('removes the rules that plugins leave: %s', async (_, netns, remembered, last) => {
    const [chain] = attachmentChains('a', 'ns-c1')
    saved = `*nat\n:${chain} - [0:0]\n-A POSTROUTING -s 10.0.0.2/32 -j ${chain}\nCOMMIT\n`
    const { attachment, ...whole } = member('a', 'eth0')
    await attachAll(tools, [{ ...whole, attachment }])
    if (!remembered) entries.clear()
    await detachAll(tools, [{ ...whole, attachment: { ...attachment, netns } }])
    expect(log.at(-1)).toContain(last)
  })
})
