import { CniError, type PluginCall } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { attachAnew, chainAgain } from './heal.ts'
import type { HostTools } from './host-tools.ts'

const list = parseConfList(
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"bridge"},{"type":"tuning"},{"type":"firewall"},{"type":"portmap"}]}',
)
const key = { network: 'lan', containerId: 'ns-c1', ifname: 'eth0' }
const attachment = { ...key, netns: '/n', cniArgs: [], capabilityArgs: {} }
const membership: Membership = { network: 'lan', list, attachment }
const made: CachedAttachment = {
  network: 'lan',
  attachment: { ...attachment, netns: '/old' },
  listText: list.text,
  result: '{"cniVersion":"1.0.0","ips":[{"address":"10.4.1.2/24"}]}',
}
const place = { bootId: 'b', place: '24:2' }
const record: AttachmentRecord = { ...key, netns: '/n', netnsId: '4:1', cookie: '1', ...place }

let calls: PluginCall[]
let locks: string[]
let cached: CachedAttachment | undefined
let recorded: AttachmentRecord | undefined
let cookie: string
let hasLink: boolean
let refuses: (call: PluginCall) => boolean
let tools: HostTools
const done = () => calls.map(({ operation, type }) => `${operation} ${type}`)

beforeEach(() => {
  calls = []
  locks = []
  cached = made
  recorded = record
  cookie = '1'
  hasLink = false
  refuses = () => false
  tools = {
    runner: {
      run: async (call) => {
        calls.push(call)
        if (refuses(call)) throw new CniError({ code: 999, message: `no ${call.type}` })
        return made.result ?? ''
      },
    },
    cache: {
      flush: async () => undefined,
      check: async () => undefined,
      read: async () => cached,
      write: async (entry) => {
        cached = entry
      },
      remove: async () => {
        cached = undefined
      },
      list: async () => (cached ? [cached] : []),
    },
    records: {
      flush: async () => undefined,
      read: async () => recorded,
      write: async (one) => {
        recorded = one
      },
      remove: async () => {
        recorded = undefined
      },
      list: async () => (recorded ? [recorded] : []),
    },
    lock: {
      hold: async (path, work) => {
        locks.push(path.split('/').at(-1) ?? '')
        return work()
      },
    },
    rules: { save: async () => [{ family: 4, text: '' }], restore: async () => undefined },
    netns: {
      look: async (path) =>
        cookie === '' || path !== '/n'
          ? { found: 'missing', netnsId: '', ...place }
          : { found: 'namespace', netnsId: '4:1', cookie, ...place },
      interfaceIn: async () => undefined,
      nonce: () => 'n',
      pluginsEnded: async () => undefined,
      changeablePart: () => undefined,
      hasLink: async () => hasLink,
      linksIn: async () => [],
      linkAt: async () => undefined,
    },
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
})

describe('attachAnew', () => {
  const plain: Membership = { ...membership, attachment: { ...attachment, cniArgs: [['K', 'V']] } }

  it('detaches, then attaches in the first way', async () => {
    expect(await attachAnew(tools, [membership, plain])).toBeDefined()
    expect(done().slice(0, 5)).toEqual([
      'DEL portmap',
      'DEL firewall',
      'DEL tuning',
      'DEL bridge',
      'ADD bridge',
    ])
    expect(cached?.attachment.cniArgs).toEqual([])
  })

  it('attaches in the next way where the first is refused', async () => {
    refuses = ({ operation, cniArgs }) => operation === 'ADD' && cniArgs.length === 0
    await attachAnew(tools, [membership, plain])
    expect(cached?.attachment.cniArgs).toEqual([['K', 'V']])
  })

  it('tells why when no way succeeds, and is still due', async () => {
    refuses = ({ operation }) => operation === 'ADD'
    const failure = attachAnew(tools, [membership, plain])
    await expect(failure).rejects.toMatchObject({ code: 999 })
    expect([cached, recorded]).toEqual([made, { ...record, nonce: 'n', underWay: 'repair' }])
  })

  it('remembers the attachment all the while: whoever is killed leaves it to the next one', async () => {
    const { run } = tools.runner
    tools.runner.run = (call) => {
      expect(cached?.attachment.containerId).toBe('ns-c1')
      expect(recorded).toMatchObject(record)
      return run(call)
    }
    await attachAnew(tools, [membership, plain])
    expect(done()).toHaveLength(8)
  })

  it('touches nothing where an interface has its name that DEL did not take away', async () => {
    hasLink = true
    const failure = attachAnew(tools, [membership])
    await expect(failure).rejects.toMatchObject({ code: 102 })
    expect(done()).not.toContain('ADD bridge')
  })

  it('detaches once more where the rules of a plugin were gone', async () => {
    let failures = 1
    refuses = ({ operation, type }) => operation === 'DEL' && type === 'bridge' && failures-- > 0
    await attachAnew(tools, [membership])
    expect(done().filter((each) => each === 'DEL bridge')).toHaveLength(2)
    expect(done().at(-1)).toBe('ADD portmap')
  })

  it('leaves nothing in a namespace that took the path of the one it was due for', async () => {
    const { run } = tools.runner
    tools.runner.run = (call) => {
      if (call.operation === 'ADD') cookie = '2'
      return run(call)
    }
    const anew = attachAnew(tools, [membership, plain])
    await expect(anew).rejects.toMatchObject({ code: 8 })
    expect(done().slice(-4)).toEqual(['DEL portmap', 'DEL firewall', 'DEL tuning', 'DEL bridge'])
    expect(done().filter((each) => each === 'ADD bridge')).toHaveLength(1)
    expect([cached, recorded]).toEqual([undefined, undefined])
  })
})

describe('chainAgain', () => {
  const rules = {
    isWanted: ({ type }: { type: string }) => type === 'firewall' || type === 'portmap',
    left: true,
  }

  it('runs the chained plugins that are wanted on what ADD returned, in the namespace of now', async () => {
    expect(await chainAgain(tools, key, rules)).toBe(true)
    expect(done()).toEqual(['DEL portmap', 'DEL firewall', 'ADD firewall', 'ADD portmap'])
    for (const { netns, stdin } of calls) {
      expect(netns).toBe('/n')
      expect(JSON.parse(stdin).prevResult.ips).toEqual([{ address: '10.4.1.2/24' }])
    }
    expect(locks).toEqual(['isolation-lan', 'shared-chains'])
  })

  it('runs no DEL where nothing is left', async () => {
    expect(await chainAgain(tools, key, { ...rules, left: false })).toBe(true)
    expect(done()).toEqual(['ADD firewall', 'ADD portmap'])
  })

  it('never runs the plugin that made the interface', async () => {
    const isWanted = ({ type }: { type: string }) => type === 'bridge'
    expect(await chainAgain(tools, key, { isWanted, left: true })).toBe(false)
    expect(done()).toEqual([])
  })

  it.each([
    ['its namespace is another', { id: '2', record, entry: made }],
    ['its namespace is gone', { id: '', record, entry: made }],
    ['nothing is recorded', { id: '1', record: undefined, entry: made }],
    ['nothing is cached', { id: '1', record, entry: undefined }],
  ])('does nothing when %s', async (_, now) => {
    cookie = now.id
    recorded = now.record
    cached = now.entry
    expect(await chainAgain(tools, key, rules)).toBe(false)
    expect(done()).toEqual([])
  })
})
