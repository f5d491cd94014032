import type { NewEvent } from '@vethra/api'
import { CniError, explain, parseResult } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import { attachmentChains } from '@vethra/firewall'
import type {
  AttachmentRecord,
  CachedAttachment,
  Events,
  LinkInside,
  StageCall,
  World,
} from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkAll } from './check-all.ts'
import { detachAll } from './detach-each.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { attachEach, clearInterfaces } from './on-host.ts'

async function attachAll(tools: HostTools, memberships: readonly Membership[]) {
  await clearInterfaces(tools, memberships)
  return holdingContainer(tools, memberships, () => attachEach(tools, memberships))
}

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
let refusal: number
let saved: string
let links: Map<string, LinkInside>
let tools: HostTools

beforeEach(() => {
  log = []
  entries = new Map()
  records = new Map()
  broken = []
  refusal = 100
  saved = ''
  links = new Map()
  tools = {
    runner: {
      run: async ({ operation, type, netns }) => {
        log.push(`${operation} ${type}${netns === '' ? ' (gone)' : ''}`)
        if (broken.includes(`${operation} ${type}`)) {
          throw new CniError({ code: refusal, message: `no ${type}`, hint: 'Install it.' })
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
      changeablePart: () => undefined,
      hasLink: async (_, ifname) => links.has(ifname),
      linksIn: async () => [],
      linkAt: async (_, ifname) => links.get(ifname),
    },
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
})

describe('attachEach', () => {
  it('attaches to one network after the other under the lock of the container', async () => {
    await attachAll(tools, [member('a', 'eth0'), member('b', 'eth1')])
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-a', 'ADD main-b'])
    expect(entries.size).toBe(2)
  })

  it('undoes the networks before the one that fails, and tells the failure first', async () => {
    broken = ['ADD main-b', 'DEL main-a']
    const error = await attachAll(tools, [member('a', 'eth0'), member('b', 'eth1')]).catch((e) => e)
    expect(log).toEqual(['lock attachment-ns-c1', 'ADD main-a', 'ADD main-b', 'DEL main-a'])
    expect(explain(error)).toEqual([
      'error: ADD of network b failed for container ns-c1 (eth1) (code 100)',
      '  caused by: plugin type="main-b" failed (add) (code 100)',
      '  caused by: no main-b (code 100)',
      '  caused by: DEL of network a failed for container ns-c1 (eth0) (code 100)',
      '  caused by: plugin type="main-a" failed (delete) (code 100)',
      '  caused by: no main-a (code 100)',
      '  hint: Install it.',
      '  hint: Put right what refuses it and repeat, or forget the attachment: "vethra cni del --force", or of a bundle "vethra bundle rm --force".',
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

  it.each([
    ['is removed', undefined, 101],
    ['is created again', '{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"other"}]}', 11],
  ])('makes nothing in a network that %s before its record is written', async (_, then, code) => {
    const list = { ...listOf('a'), file: '/c/a.conflist' }
    const files: Record<string, string | undefined> = { [list.file]: list.text }
    tools = { ...tools, files: { read: async (path: string) => files[path] } as World['files'] }
    const { hold } = tools.lock
    tools.lock.hold = (path, work) => {
      if (path.endsWith('/network-a')) files[list.file] = then
      return hold(path, work)
    }
    await expect(attachAll(tools, [member('a', 'eth0', list)])).rejects.toMatchObject({ code })
    expect([log, records.size]).toEqual([['lock attachment-ns-c1'], 0])
  })

  it.each([
    ['is another', another],
    ['has ended', missing],
  ])('undoes an ADD whose namespace %s by its end', async (_, then) => {
    const { run } = tools.runner
    let now: typeof seen | typeof another | typeof missing = seen
    tools.netns.look = async (path) => (path === '/n' ? now : missing)
    tools.runner.run = (call) => {
      if (call.operation === 'ADD') now = then
      return run(call)
    }
    const attaching = attachAll(tools, [member('a', 'eth0')])
    await expect(attaching).rejects.toMatchObject({ code: 8 })
    expect(log.slice(1)).toEqual(['ADD main-a', 'DEL main-a (gone)'])
    expect([entries.size, records.size]).toEqual([0, 0])
  })

  it('forgets the record of a failure that was undone, and keeps that of one that was not', async () => {
    broken = ['ADD main-a']
    await attachAll(tools, [member('a', 'eth0')]).catch(() => undefined)
    expect(records.size).toBe(0)
    broken = ['ADD firewall', 'DEL main-b']
    await attachAll(tools, [member('b', 'eth0', listOf('b', true))]).catch(() => undefined)
    expect([...records.keys()]).toEqual(['beth0'])
  })

  it('keeps the record of a failure whose interface cannot be looked at, and tells the failure first', async () => {
    const { run } = tools.runner
    const failed = new CniError({ code: 999, message: 'no iptables' })
    const denied = new CniError({ code: 100, message: 'cannot run nsenter' })
    tools.runner.run = (call) => (call.operation === 'ADD' ? Promise.reject(failed) : run(call))
    tools.netns.linkAt = () => Promise.reject(denied)
    const error = await attachAll(tools, [member('a', 'eth0')]).catch((each) => each)
    expect([...records.keys()]).toEqual(['aeth0'])
    expect(explain(error).slice(0, 3)).toEqual([
      'error: ADD of network a failed for container ns-c1 (eth0) (code 999)',
      '  caused by: plugin type="main-a" failed (add) (code 999)',
      '  caused by: no iptables (code 999)',
    ])
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

  it('undoes an ADD that was killed when a stage had refused its conf, which did nothing', async () => {
    const stage = async ({ operation }: StageCall) => {
      if (operation === 'ADD') throw new Error('killed')
      throw new CniError({ code: 7, message: 'unknown ingress policy' })
    }
    const here = { ...tools, plugins: 'native', runner: { ...tools.runner, stage } } as const
    const membership = member('a', 'eth0', listOf('a', true))
    await expect(attachAll(here, [membership])).rejects.toThrow('killed')
    await detachAll(here, [membership])
    expect([log.at(-1), records.size]).toEqual(['DEL main-a', 0])
  })

  it('undoes an ADD that was killed, once its plugins have ended', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    entries.clear()
    log = []
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual([
      'lock attachment-ns-c1',
      'wait for container ns-c1 by n1',
      'DEL main-a',
      'ADD main-a',
    ])
  })

  it('removes what an earlier life of the container left, and only then', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    log = []
    const look = async (path: string) => (path === '/n' ? another : missing)
    tools = { ...tools, netns: { ...tools.netns, look } }
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-a (gone)', 'ADD main-a'])
  })

  it('makes an attachment anew that is there already, in the namespace that it is in', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    log = []
    await attachAll(tools, [member('a', 'eth0')])
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-a', 'ADD main-a'])
  })

  it.each([
    ['none of ours names', 'anything', undefined, false],
    ['another container of ours has', 'b', 'ns-c2', true],
  ])(
    'refuses an interface that %s, before anything runs',
    async (_, network, containerId, finished) => {
      links.set('eth1', { kind: 'veth', mac: '' })
      if (containerId) {
        records.set(`${network}eth1`, {
          network,
          containerId,
          ifname: 'eth1',
          netns: '/m',
          netnsId: '4:1',
        })
        const { attachment, list } = member(network, 'eth1')
        if (finished)
          entries.set(`${network}eth1`, { network, attachment, listText: list?.text ?? '' })
      }
      const error = await attachAll(tools, [member('a', 'eth0'), member('c', 'eth1')]).catch(
        (e) => e,
      )
      expect(error).toMatchObject({ code: 102 })
      for (const part of ['eth1', '/n', containerId ?? '']) expect(error.message).toContain(part)
      expect(error.hint).toContain('CNI_IFNAME')
      const container = { namespace: 'ns', id: 'c1' }
      const ofRuntime = attachAll(tools, [{ ...member('c', 'eth1'), container }])
      await expect(ofRuntime).rejects.toMatchObject({
        ...{ message: error.message, hint: expect.not.stringContaining('CNI_IFNAME') },
      })
      expect(log).toEqual([])
    },
  )

  it('undoes an ADD that was cut short before it looks at its interface', async () => {
    const record = {
      network: 'a',
      containerId: 'ns-c1',
      ifname: 'eth0',
      netns: '/n',
      netnsId: '4:1',
      nonce: 'n1',
    }
    records.set('aeth0', record)
    links.set('eth0', { kind: 'veth', mac: '' })
    const { run } = tools.runner
    tools.runner.run = (call) => {
      if (call.operation === 'DEL') links.clear()
      return run(call)
    }
    await attachAll(tools, [member('a', 'eth0')])
    expect(log.filter((each) => !each.startsWith('lock'))).toEqual([
      'wait for container ns-c1 by n1',
      'DEL main-a',
      'ADD main-a',
    ])
  })

  it.each([
    ['in the namespace, by the path of now', '/m', '/n', ['DEL main-a', 'ADD main-a']],
    ['in another namespace, where it began', '/n', '/another', ['DEL main-a', 'ADD main-a']],
    ['whose namespace has gone', '/gone', '/another', ['DEL main-a (gone)', 'ADD main-a']],
  ])('ends a DEL that was cut short %s', async (_, began, netns, then) => {
    const look = async (path: string) =>
      path === '/another' ? another : path === '/n' ? seen : missing
    tools = { ...tools, netns: { ...tools.netns, look } }
    await attachAll(tools, [member('a', 'eth0')])
    const record = records.get('aeth0')
    if (record) records.set('aeth0', { ...record, netns: began, underWay: 'DEL' })
    if (netns === '/n') links.set('eth0', { kind: 'veth', mac: '' })
    const { run } = tools.runner
    tools.runner.run = (call) => {
      if (call.operation === 'DEL') links.clear()
      return run(call)
    }
    log = []
    const { attachment, ...whole } = member('a', 'eth0')
    await attachAll(tools, [{ ...whole, attachment: { ...attachment, netns } }])
    expect(log.filter((each) => !/^(lock|wait)/.test(each))).toEqual(then)
    expect(records.get('aeth0')).toMatchObject({ netns })
    expect(records.get('aeth0')?.underWay).toBe(undefined)
  })

  it('refuses to attach again what is attached, interface and all', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    links.set('eth0', { kind: 'veth', mac: '' })
    log = []
    await expect(attachAll(tools, [member('a', 'eth0')])).rejects.toMatchObject({ code: 102 })
    expect(log).toEqual([])
    expect(entries.size).toBe(1)
  })

  it.each([
    ['no namespace is at the path', '/none'],
    ["the path is the runtime's own namespace", '/own'],
  ])('refuses with code 8 where %s', async (_, netns) => {
    const look = async (path: string) => (path === '/none' ? missing : seen)
    tools = { ...tools, netns: { ...tools.netns, look } }
    const { attachment, ...whole } = member('a', 'eth0')
    const wanted = { ...whole, attachment: { ...attachment, netns } }
    await expect(attachAll(tools, [wanted])).rejects.toMatchObject({ code: 8 })
    expect(log).toEqual([])
  })

  const bridges = parseConfList(
    '{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge","bridge":"br0"},{"type":"firewall"}]}',
  )
  it.each([
    ['another kind', { kind: 'dummy', mac: '' }, 'ADD bridge', 'DEL bridge (gone)'],
    ['another bridge', { kind: 'veth', mac: '', bridge: 'br1' }, 'ADD bridge', 'DEL bridge (gone)'],
    ['its own', { kind: 'veth', mac: '', bridge: 'br0' }, 'ADD bridge', 'DEL bridge'],
    ['none yet', { kind: 'veth', mac: '', bridge: '' }, 'ADD bridge', 'DEL bridge'],
    [
      'another name, of which this is an alternative',
      { kind: 'veth', mac: '', bridge: 'br0', isAlias: true },
      'ADD bridge',
      'DEL bridge (gone)',
    ],
    ['none of the host', { kind: 'veth', mac: '' }, 'ADD bridge', 'DEL bridge (gone)'],
    ['another bridge, once it succeeded', { kind: 'veth', mac: '' }, 'ADD firewall', 'DEL bridge'],
  ])('rolls an ADD back that found an interface of %s', async (_, link, fails, last) => {
    const { run } = tools.runner
    tools.runner.run = async (call) => {
      links.set('eth0', link)
      if (`${call.operation} ${call.type}` !== fails) return run(call)
      throw new CniError({ code: 999, message: 'exists' })
    }
    await expect(attachAll(tools, [member('a', 'eth0', bridges)])).rejects.toMatchObject({
      code: 999,
    })
    expect(log.at(-1)).toBe(last)
  })

  it('leaves the rules of its other interface in the same network alone when it fails', async () => {
    const [chain] = attachmentChains('a', 'ns-c1')
    saved = `*nat\n:${chain} - [0:0]\n-A POSTROUTING -s 10.0.0.2/32 -j ${chain}\nCOMMIT\n`
    await attachAll(tools, [member('a', 'eth0')])
    broken = ['ADD main-a']
    await attachAll(tools, [member('a', 'eth1')]).catch(() => undefined)
    expect(log.filter((each) => each.startsWith('restore'))).toEqual([])
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

  it('undoes everything when what is remembered does not reach the disk, and tells all that failed', async () => {
    const full = new CniError({ code: 5, message: 'disk full' })
    tools = { ...tools, cache: { ...tools.cache, flush: () => Promise.reject(full) } }
    await expect(attachAll(tools, [member('a', 'eth0')])).rejects.toBe(full)
    expect(log.at(-1)).toBe('DEL main-a')
    broken = ['DEL main-a']
    const error = await attachAll(tools, [member('a', 'eth0')]).catch((each) => each)
    expect(error).toMatchObject({ code: 5, message: 'disk full' })
    expect(explain(error).length).toBeGreaterThan(1)
  })

  it('tells of each step, in the order in which they are done', async () => {
    const steps: string[] = []
    const named = (name: string) => {
      steps.push(name)
      return () => {}
    }
    await attachAll({ ...tools, steps: named }, [member('a', 'eth0')])
    expect(steps).toEqual([
      'wait for the lock of ns-c1',
      'remove what is left in a',
      'ADD of a',
      'look at the namespace again',
      'flush records and cache',
    ])
    steps.length = 0
    await detachAll({ ...tools, steps: named }, [member('a', 'eth0')])
    expect(steps).toEqual([
      'wait for the lock of ns-c1',
      'DEL of a',
      'remove what is left in a',
      'remove left rules',
      'remove the record of a',
    ])
  })

  it('names a network that is not there', async () => {
    const error = await attachAll(tools, [{ ...member('a', 'eth0'), list: undefined }]).catch(
      (e) => e,
    )
    expect(error).toMatchObject({ code: 101, message: 'no such network: "a"' })
  })
})

describe('detachAll', () => {
  const result = (address: string) => `{"cniVersion":"1.0.0","ips":[{"address":"${address}"}]}`

  it.each([
    ['the entry is NUL-filled', { listText: '', result: '\0\0\0' }],
    ['its list is damaged', { listText: '\u0001', result: result('10.0.0.9/24') }],
    ['its result is none', { listText: listOf('a', true).text, result: '5' }],
  ])('goes by the result in the record where %s', async (_, entry) => {
    const { attachment, list } = member('a', 'eth0', listOf('a', true))
    await attachAll(tools, [{ network: 'a', list, attachment }])
    const record = records.get('aeth0')
    if (!record?.made) throw new Error('nothing is recorded')
    records.set('aeth0', { ...record, made: { ...record.made, result: result('10.0.0.2/24') } })
    entries.set('aeth0', { network: 'a', attachment, ...entry })
    const requests: string[] = []
    tools.runner.run = async ({ stdin }) => {
      requests.push(stdin)
      return ''
    }
    await detachAll(tools, [{ network: 'a', list, attachment }])
    const ips = requests.map((stdin) => JSON.parse(stdin).prevResult?.ips?.[0]?.address)
    expect(ips).toEqual(['10.0.0.2/24', '10.0.0.2/24'])
  })

  it.each([
    ['the namespace at its path is another', (r: AttachmentRecord) => ({ ...r, cookie: '7' })],
    ['nothing is remembered', () => undefined],
  ])('gives plugins no namespace where %s', async (_, change) => {
    await attachAll(tools, [member('a', 'eth0')])
    const record = records.get('aeth0')
    const changed = record && change(record)
    records.clear()
    if (changed) records.set('aeth0', changed)
    else entries.clear()
    await detachAll(tools, [member('a', 'eth0')])
    expect(log.at(-1)).toBe('DEL main-a (gone)')
  })

  it.each([
    ['native', 'stage DEL bridge,firewall'],
    ['exec', 'DEL bridge (gone)'],
  ] as const)(
    'detaches what is remembered nowhere as an ADD would go: %s',
    async (plugins, last) => {
      const stage = async ({ operation, calls }: StageCall) => {
        log.push(`stage ${operation} ${calls.map(({ type }) => type)}`)
        return undefined
      }
      const text = listOf('a', true).text.replace('main-a', 'bridge')
      const here = { ...tools, plugins, runner: { ...tools.runner, stage } }
      await detachAll(here, [member('a', 'eth0', parseConfList(text))])
      expect(log.at(-1)).toBe(last)
    },
  )

  const native = { type: 'bridge', way: 'native' } as const
  it.each([
    ['a namespace that lives', seen, native, 'DEL'],
    ['a namespace that is gone', missing, native, undefined],
    ['a path that was in another folder', { ...missing, place: '24:3' }, native, 'DEL'],
    ['a namespace that is gone, by an IPAM program', missing, { ...native, ipam: 'exec' }, 'DEL'],
  ] as const)('records that a DEL is under way of %s', async (_, now, way, expected) => {
    const list = parseConfList(listOf('a').text.replace('main-a', 'bridge'))
    const begun: unknown[] = []
    const stage = async () => {
      begun.push(records.get('aeth0')?.underWay)
      return parseResult('{"cniVersion":"1.0.0"}', '')
    }
    const here = { ...tools, plugins: 'native', runner: { ...tools.runner, stage } } as const
    await attachAll(here, [member('a', 'eth0', list)])
    for (const [key, record] of records) records.set(key, { ...record, ways: [way] })
    tools.netns.look = async () => now
    await detachAll(here, [member('a', 'eth0', list)])
    expect([begun, records.size]).toEqual([['ADD', expected], 0])
  })

  it.each([
    ['native', 'stage CHECK bridge,firewall'],
    ['exec', 'CHECK bridge'],
  ] as const)(
    'checks what is remembered nowhere as an ADD would go: %s',
    async (plugins, first) => {
      const stage = async ({ operation, calls }: StageCall) => {
        log.push(`stage ${operation} ${calls.map(({ type }) => type)}`)
        return undefined
      }
      const text = listOf('a', true).text.replace('main-a', 'bridge')
      const here = { ...tools, plugins, runner: { ...tools.runner, stage } }
      await checkAll(here, [member('a', 'eth0', parseConfList(text))])
      expect(log[1]).toBe(first)
    },
  )

  it("takes another runtime's interface for its own only by the MAC that was cached", async () => {
    const { attachment, list } = member('a', 'eth0')
    const mac = '02:00:00:00:00:01'
    const interfaces = [{ name: 'eth0', mac, sandbox: '/n' }]
    const made = {
      listText: list?.text ?? '',
      result: JSON.stringify({ cniVersion: '1.0.0', interfaces }),
    }
    for (const [now, last] of [
      [mac, 'DEL main-a'],
      ['02:00:00:00:00:02', 'DEL main-a (gone)'],
    ] as const) {
      links.set('eth0', { kind: 'veth', mac: now })
      entries.set('aeth0', { network: 'a', attachment, ...made })
      await detachAll(tools, [member('a', 'eth0')])
      expect(log.at(-1)).toBe(last)
    }
  })

  it('forgets by force what cannot be undone, and reports it', async () => {
    await attachAll(tools, [member('a', 'eth0')])
    broken = ['DEL main-a']
    await expect(detachAll(tools, [member('a', 'eth0')])).rejects.toMatchObject({ code: 100 })
    expect([records.size, entries.size]).toEqual([1, 1])
    const told: CniError[] = []
    const telling = { ...tools, onRemains: (each: CniError) => void told.push(each) }
    await detachAll(telling, [member('a', 'eth0')], { force: true })
    expect([records.size, entries.size]).toEqual([0, 0])
    expect(told).toMatchObject([{ code: 106, cause: { code: 100 } }])
  })

  it('tells of each network that a container leaves by force, where its rules cannot be read either', async () => {
    await attachAll(tools, [member('a', 'eth0'), member('b', 'eth1')])
    broken = ['DEL main-a']
    const told: string[] = []
    const telling: HostTools = {
      ...tools,
      rules: {
        ...tools.rules,
        save: () => Promise.reject(new CniError({ code: 5, message: 'no' })),
      },
      events: { append: async ({ Network = '' }: NewEvent) => void told.push(Network) } as Events,
    }
    await detachAll(telling, [member('a', 'eth0'), member('b', 'eth1')], { force: true })
    expect([records.size, told.sort()]).toEqual([0, ['a', 'b']])
  })

  it.each([
    ['corrected', 'firewall', listOf('a'), true],
    ['as it was', 'firewall', listOf('a', true), false],
    ['corrected, but the plugin that fails had succeeded', 'main-a', listOf('a'), false],
  ])(
    'undoes an ADD that was cut short by the conf list of now where that is %s',
    async (_, type, list, goes) => {
      refusal = 999
      refusal = 999
      broken = ['ADD firewall', 'DEL firewall']
      await attachAll(tools, [member('a', 'eth0', listOf('a', true))]).catch(() => undefined)
      broken = type === 'firewall' ? ['DEL firewall'] : ['DEL main-a']
      const told: CniError[] = []
      const telling = { ...tools, onRemains: (each: CniError) => void told.push(each) }
      const done = detachAll(telling, [member('a', 'eth0', list)])
      await expect(
        done.then(
          () => true,
          () => false,
        ),
      ).resolves.toBe(goes)
      expect([records.size, told.length]).toEqual(goes ? [0, 1] : [1, 0])
    },
  )

  it('goes through all networks, the last one first, and reports every failure', async () => {
    broken = ['DEL main-b']
    const error = await detachAll(tools, [member('a', 'eth0'), member('b', 'eth1')]).catch((e) => e)
    expect(log).toEqual(['lock attachment-ns-c1', 'DEL main-b (gone)', 'DEL main-a (gone)'])
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
