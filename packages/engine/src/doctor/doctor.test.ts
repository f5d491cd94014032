import { CniError } from '@vethra/cni'
import { planRepairs } from '@vethra/findings'
import { marksOf } from '@vethra/firewall'
import { beforeEach, describe, expect, it } from 'vitest'
import { attach, identity, type SampleHost, sampleHost } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import { examine } from './examine.ts'
import { heal, type RepairEvent, repair } from './repair.ts'

let host: SampleHost
const kinds = async () => (await examine(sampleTools(host))).map(({ kind }) => kind)
const key = { network: 'lan', containerId: 'default-c1', ifname: 'eth0' }

const recordOf = (id: string) => ({
  ...{ version: 1, id, name: '', namespace: 'default', hostname: id, domainname: '' },
  ...{ networks: [{ ref: 'lan', aliases: [] }], ports: [], extraHosts: [], mode: 'cni', dns: {} },
})

// As Debian's bridge plugin masquerades a container of network lan.
function rulesOf(containerId: string): string {
  const { masquerading } = marksOf('lan', containerId)
  const comment = `-m comment --comment "name: \\"lan\\" id: \\"${containerId}\\""`
  return [
    '*nat',
    ':POSTROUTING ACCEPT [0:0]',
    `:${masquerading} - [0:0]`,
    `-A POSTROUTING -s 10.4.1.2/32 ${comment} -j ${masquerading}`,
    `-A ${masquerading} -d 10.4.1.0/24 ${comment} -j ACCEPT`,
    `-A ${masquerading} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE`,
    'COMMIT',
    '',
  ].join('\n')
}

beforeEach(() => {
  host = sampleHost()
  attach(host)
})

describe('examine', () => {
  it('finds nothing where all is as it should be', async () => {
    expect(await kinds()).toEqual([])
  })

  it('tells what is still wrong when it looks again', async () => {
    host.namespaces = {}
    expect(await kinds()).toEqual(['attachment-dead'])
  })

  it('asks no namespace for its interface where record and cache say the same in other lines', async () => {
    const [made] = host.cached
    if (!made) throw new Error('nothing is attached')
    const told = JSON.parse(made.result ?? '')
    told.interfaces[2].mac = '0a:00:00:00:00:01'
    const shown = (indent: number) => ({ ...made, result: JSON.stringify(told, null, indent) })
    host.cached = [shown(0)]
    host.records = host.records.map((each) => ({ ...each, made: shown(4) }))
    const tools = sampleTools(host)
    const asked: string[] = []
    const netns = {
      ...tools.host.netns,
      interfaceIn: async (path: string) => {
        asked.push(path)
        return undefined
      },
    }
    await examine({ ...tools, host: { ...tools.host, netns } })
    expect(asked).toEqual([])
  })

  it.each([
    ['of a container that was prepared is made whole again', true, 'interface-missing reattach'],
    ['of another is ended', false, 'attachment-unfinished detach'],
    ['of one that vethra.json has in no network is ended', 'left', 'attachment-unfinished detach'],
  ])('a DEL that was cut short %s', async (_, isPrepared, finding) => {
    host.records = host.records.map((each) => ({ ...each, underWay: 'DEL' }))
    const asked = recordOf('c1')
    const json = isPrepared === 'left' ? { ...asked, networks: [] } : asked
    if (isPrepared) host.containers['c1'] = { 'vethra.json': json }
    const found = await examine(sampleTools(host))
    expect(found.map(({ kind, repair }) => `${kind} ${repair?.kind}`)).toContain(finding)
  })

  it('finds nothing where an ADD was killed between its cache entry and its record', async () => {
    const [asked] = host.cached
    if (!asked) throw new Error('nothing is attached')
    host.records = host.records.map((each) => ({ ...each, asked, underWay: 'ADD' }))
    expect(await kinds()).toEqual([])
  })

  it('does not tell what was only under way', async () => {
    const [entry] = host.cached
    host.cached = []
    host.meanwhile = () => {
      if (entry) host.cached = [entry]
    }
    expect(await kinds()).toEqual([])
  })

  it('does not tell what has only just come up', async () => {
    host.names.push({ name: 'web', id: 'gone' })
    host.meanwhile = () => {
      host.names.push({ name: 'shop', id: 'prepared-in-a-moment' })
    }
    const found = await examine(sampleTools(host))
    expect(found.map(({ subject }) => subject.name)).toEqual(['default/web'])
  })

  it('tells a conf list of a network that an earlier file defines', async () => {
    host.otherConfs = [{ file: '/c/mine.conflist', text: host.conf.replace('cni0', 'other0') }]
    const found = await examine(sampleTools(host))
    expect(found.map(({ kind, subject, evidence }) => [kind, subject.name, evidence])).toEqual([
      [
        'conf-shadowed',
        '/c/mine.conflist',
        ['used: /c/lan.conflist', 'not used: /c/mine.conflist'],
      ],
    ])
  })

  it('tells a conf list that cannot be used, with the reason, at once', async () => {
    host.conf = '{"name":'
    host.meanwhile = () => {
      throw new Error('nothing is waited for')
    }
    const found = await examine(sampleTools({ ...host, records: [], cached: [], reservations: [] }))
    expect(found.map(({ kind, subject }) => [kind, subject.name])).toEqual([
      ['conf-unreadable', '/c/lan.conflist'],
    ])
  })
})

describe('repair', () => {
  const detach = { kind: 'detach', attachment: key } as const

  it('detaches what is dead, by what ADD was called with', async () => {
    host.namespaces = {}
    expect(await repair(sampleTools(host), [detach])).toMatchObject([
      { kind: 'done', repair: detach },
    ])
    expect([host.done, host.records, host.cached]).toEqual([['DEL bridge'], [], []])
  })

  it.each([
    ['detach', detach],
    ['restore-result', { kind: 'restore-result', attachment: key }],
    ['restore-record', { kind: 'restore-record', attachment: key }],
    ['remove-rules', { kind: 'remove-rules', network: 'lan', containerId: 'default-c1' }],
    [
      'release-address',
      {
        kind: 'release-address',
        network: 'lan',
        dataDir: '/x',
        reservation: { address: '10.4.1.2', containerId: 'default-c1', ifname: 'eth0', sinceMs: 1 },
      },
    ],
    ['forget-names', { kind: 'forget-names', namespace: 'default', id: 'c1' }],
    ['remove-hosts', { kind: 'remove-hosts', namespace: 'default', id: 'c1' }],
    ['release-ports', { kind: 'release-ports', containerId: 'default-c1', sockets: [] }],
    ['reattach', { kind: 'reattach', attachment: key }],
  ] as const)('%s does nothing to a container that has come back', async (_, each) => {
    const [outcome] = await repair(sampleTools(host), [each])
    expect(outcome?.kind).toBe('unneeded')
    expect([host.done, host.records.length, host.cached.length]).toEqual([[], 1, 1])
  })

  it.each(['/n', ''])(
    'leaves the names of a container that another runtime has attached, in namespace "%s"',
    async (netns) => {
      const [entry] = host.cached
      host.records = []
      host.containers['c1'] = { 'vethra.json': recordOf('c1') }
      host.folders = [{ id: 'c1', names: 'known', networks: ['lan'] }]
      host.cached = entry ? [{ ...entry, attachment: { ...entry.attachment, netns } }] : []
      const forget = { kind: 'forget-names', namespace: 'default', id: 'c1' } as const
      expect(await repair(sampleTools(host), [forget])).toMatchObject([{ kind: 'unneeded' }])
      host.cached = []
      expect(await repair(sampleTools(host), [forget])).toMatchObject([{ kind: 'done' }])
      expect(host.done).toEqual(['forget c1'])
    },
  )

  it('writes the conf list of a network again that was removed under a container, as it was at its ADD', async () => {
    const before = host.conf
    host.conf = ''
    const found = await examine(sampleTools(host))
    expect(found.map(({ kind, subject }) => [kind, subject.name])).toEqual([
      ['network-missing', 'lan'],
    ])
    await repair(sampleTools(host), planRepairs(found))
    expect([host.done, host.conf]).toEqual([['create lan'], before])
    expect(await kinds()).toEqual([])
    // Another file has defined it meanwhile.
    expect(await repair(sampleTools(host), planRepairs(found))).toMatchObject([
      { kind: 'unneeded' },
    ])
  })

  it.each([
    ['that others made', (text: string) => text.replace('nerdctlID', 'otherID')],
    ['whose name the cache does not have', (text: string) => text.replace('"lan"', '"../etc"')],
    ['that the cache does not have', () => ''],
  ])('writes no conf list of a network %s', async (_what, change) => {
    host.cached = host.cached.map((each) => ({ ...each, listText: change(host.conf) }))
    host.conf = ''
    const planned = { kind: 'restore-network', attachment: key } as const
    expect((await repair(sampleTools(host), [planned])).map(({ kind }) => kind)).toEqual([
      'unneeded',
    ])
    expect(host.done).toEqual([])
  })

  it('ports that portmap published by nftables as a program are looked for in its own tables', async () => {
    const plugins = [
      { type: 'bridge', bridge: 'br0', ipam: { type: 'host-local' } },
      { type: 'portmap', capabilities: { portMappings: true }, backend: 'nftables' },
    ]
    const listText = JSON.stringify({ ...JSON.parse(host.conf), plugins })
    const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '' }]
    host.cached = host.cached.map((each) => ({
      ...each,
      listText,
      attachment: { ...each.attachment, capabilityArgs: { portMappings } },
    }))
    const tools = sampleTools(host)
    const dnat = (addr: string) =>
      JSON.stringify({
        nftables: [
          {
            rule: {
              expr: [
                { match: { left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 8080 } },
                { dnat: { addr, port: 80 } },
              ],
            },
          },
        ],
      })
    const closed = async (...tables: readonly string[]) => {
      const facts = async () => ({
        ...{ hostportTables: async () => tables, kernelFeatures: async () => [] },
      })
      const none = async () => []
      const kernel = async () => ({ effects: none, marked: none, observe: none, strange: none })
      const world = { ...tools, host: { ...tools.host, facts, kernel } } as unknown as typeof tools
      return (await examine(world)).flatMap(({ kind }) => (kind === 'ports-closed' ? [kind] : []))
    }
    expect(await closed()).toEqual(['ports-closed'])
    expect(await closed(dnat('10.4.1.2'))).toEqual([])
    expect(await closed(dnat('10.4.1.3'))).toEqual(['ports-closed'])
  })

  it('reservations of a network that cannot be read are named, and hide nothing else', async () => {
    const tools = sampleTools(host)
    const message = 'cannot use /var/lib/cni/networks/lan: it is not a folder'
    const broken = async (dataDir: string) => ({
      ...(await tools.ipam(dataDir)),
      list: () => Promise.reject(new CniError({ code: 107, message })),
    })
    host.links = []
    const found = await examine({ ...tools, ipam: broken })
    const unknown = found.find(({ kind }) => kind === 'facts-unknown')
    expect(unknown?.evidence).toContainEqual(message)
    expect(found.map(({ kind }) => kind)).toContain('bridge-missing')
  })

  describe('a network that was removed under a container that is not attached', () => {
    const file = '/c/nerdctl-lan.conflist'
    beforeEach(() => {
      Object.assign(host, { records: [], cached: [], namespaces: {}, folders: [] })
      Object.assign(host, { names: [], reservations: [], links: [] })
      host.containers['c1'] = { 'vethra.json': recordOf('c1') }
      host.kept = [{ file, text: host.conf }]
    })

    it('is written again as it was kept, once', async () => {
      const before = host.conf
      expect(await kinds()).toEqual([])
      host.conf = ''
      const found = await examine(sampleTools(host))
      expect(found.map(({ kind, subject, ours }) => [kind, subject.name, ours])).toEqual([
        ['network-missing', 'lan', true],
      ])
      expect(found[0]?.message).toContain('c1')
      const planned = planRepairs(found)
      expect(await repair(sampleTools(host), planned)).toMatchObject([{ kind: 'done' }])
      expect([host.done, host.conf]).toEqual([[`restore ${file}`], before])
      expect(await kinds()).toEqual([])
      expect(await repair(sampleTools(host), planned)).toMatchObject([{ kind: 'unneeded' }])
    })

    it.each([
      ['no container wants it', () => Object.assign(host, { containers: {} })],
      ['no copy is kept', () => Object.assign(host, { kept: [] })],
      [
        'others made it',
        () =>
          Object.assign(host, {
            kept: [{ file, text: host.kept[0]?.text.replace('nerdctlID', 'otherID') }],
          }),
      ],
    ])('stays away where %s', async (_what, change) => {
      host.conf = ''
      change()
      expect(await kinds()).toEqual([])
    })

    it('stays away, and is told, where another network has its subnet by now', async () => {
      const conf = (name: string, subnet: string) =>
        JSON.stringify({
          ...{ cniVersion: '1.0.0', name, nerdctlID: name },
          plugins: [{ type: 'bridge', ipam: { type: 'host-local', ranges: [[{ subnet }]] } }],
        })
      host.kept = [{ file, text: conf('lan', '10.4.1.0/24') }]
      const other = { file: '/c/new.conflist', text: conf('new', '10.4.0.0/16') }
      Object.assign(host, { conf: '', otherConfs: [other] })
      const found = await examine(sampleTools(host))
      expect(found.map(({ kind }) => kind)).toEqual(['network-missing'])
      expect(found[0]?.evidence.join()).toContain('network new')
      expect(planRepairs(found)).toEqual([])
      const planned = { kind: 'restore-kept-network', network: 'lan', file } as const
      expect(await repair(sampleTools(host), [planned])).toMatchObject([{ kind: 'unneeded' }])
      expect(host.done).toEqual([])
    })
  })

  it('changes nothing of what nerdctl made and stopped: its files, names, rules, and what it left attached', async () => {
    host.records = []
    host.containers['c1'] = { 'lifecycle.json': { started_at: '1970-01-01T00:00:01Z' } }
    host.folders = [{ id: 'c1', names: 'known', networks: ['lan'] }]
    host.names = [{ name: 'shop', id: 'c1' }]
    host.namespaces = {}
    host.saved = rulesOf('default-c1')
    const found = async () =>
      (await examine(sampleTools(host))).map(({ kind, ours }) => [kind, ours])
    expect(await found()).toEqual([['attachment-dead', false]])
    host.cached = []
    host.reservations = []
    host.links = host.links.filter(({ bridge }) => bridge)
    expect(await found()).toEqual([])
    const planned = [
      { kind: 'forget-names', namespace: 'default', id: 'c1' },
      { kind: 'remove-rules', network: 'lan', containerId: 'default-c1' },
    ] as const
    for (const each of planned)
      expect(await repair(sampleTools(host), [each])).toMatchObject([{ kind: 'unneeded' }])
    expect(host.done).toEqual([])
    // The same rules of a container that it does not have.
    host.saved = rulesOf('default-c2')
    expect(await found()).toEqual([['rules-left', false]])
  })

  it('masquerades for those that still live, in one transaction', async () => {
    const gone = { ...key, containerId: 'default-c2' }
    host.records.push({ ...gone, netns: '/gone', ...identity, cookie: '4:2' })
    host.cached = host.cached.map((each) => ({
      ...each,
      listText: each.listText.replace('"isGateway"', '"ipMasq":true,"isGateway"'),
    }))
    await repair(sampleTools(host), [
      { kind: 'restore-masquerading', attachment: { ...key, addresses: ['10.4.1.2/24'] } },
      { kind: 'restore-masquerading', attachment: { ...gone, addresses: ['10.4.1.3/24'] } },
    ])
    expect(host.done).toHaveLength(1)
    expect(host.done[0]).toMatch(/-A POSTROUTING -s 10\.4\.1\.2\/32 /)
    expect(host.done[0]).not.toMatch(/10\.4\.1\.3/)
  })

  it('leaves the name and the files of a container that is there again', async () => {
    host.containers['c1'] = {}
    const outcomes = await repair(sampleTools(host), [
      { kind: 'release-name', namespace: 'default', name: 'web', id: 'c1' },
      { kind: 'remove-hosts', namespace: 'default', id: 'c1' },
      { kind: 'claim-name', namespace: 'default', name: 'web', id: 'c1' },
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unneeded', 'unneeded', 'unneeded'])
    expect(host.done).toEqual([])
  })

  it('removes folders of many containers at once', async () => {
    const ids = ['c2', 'c3', 'c4']
    host.folders = ids.map((id) => ({ id, names: 'known', networks: ['lan'] }))
    const due = planRepairs(await examine(sampleTools(host)))
    expect(await repair(sampleTools(host), due)).toHaveLength(3)
    expect(host.done).toEqual(['remove c2 c3 c4'])
  })

  it.each([
    ['veth1', 'done', ['link veth1']],
    ['veth2', 'unneeded', []],
  ])(
    'puts an interface on its bridge that leads to the container: it leads to %s',
    async (otherEnd, kind, done) => {
      host.otherEnd = otherEnd
      host.links = host.links.map(({ master: _, ...each }) => each)
      const link = { kind: 'restore-link', attachment: key, link: 'veth1', bridge: 'br0' } as const
      expect(await repair(sampleTools(host), [link])).toMatchObject([{ kind }])
      expect(host.done).toEqual(done)
    },
  )

  it('restores nothing for a container that is gone', async () => {
    host.namespaces = {}
    const outcomes = await repair(sampleTools(host), [
      { kind: 'restore-rules', attachment: key, effects: ['ports'], left: true },
      { kind: 'restore-masquerading', attachment: { ...key, addresses: ['10.4.1.2/24'] } },
      { kind: 'restore-link', attachment: key, link: 'veth1', bridge: 'br0' },
      { kind: 'reattach', attachment: key },
      { kind: 'reserve-address', attachment: key, dataDir: '/x', address: '10.4.1.2' },
      { kind: 'restore-names', namespace: 'default', id: 'c1' },
      { kind: 'hold-ports', namespace: 'default', id: 'c1' },
    ])
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['unneeded']))
    expect(host.done).toEqual([])
  })

  it('takes no interface from a network that has its name by now', async () => {
    const calls: string[] = []
    const tools = sampleTools(host)
    const { run } = tools.host.runner
    const runner = {
      run: (call: Parameters<typeof run>[0]) => {
        calls.push(`${call.operation} ${call.netns}`)
        return run(call)
      },
    }
    host.records.push({ ...key, network: 'other', netns: '/n', ...identity })
    const unfinished = { kind: 'detach', attachment: { ...key, network: 'other' } } as const
    host.conf = host.conf.replace('"lan"', '"other"')
    await repair({ ...tools, host: { ...tools.host, runner } }, [unfinished])
    expect(calls).toEqual(['DEL '])
    host.cached = []
    host.records = [{ ...key, network: 'other', netns: '/n', ...identity }]
    await repair({ ...tools, host: { ...tools.host, runner } }, [unfinished])
    expect(calls).toEqual(['DEL ', 'DEL /n'])
  })

  it('goes on after a failure, and tells each as it comes', async () => {
    host.namespaces = {}
    host.broken = ['bridge']
    host.names.push({ name: 'web', id: 'gone' })
    const events: string[] = []
    const outcomes = await repair(
      sampleTools(host),
      [detach, { kind: 'release-name', namespace: 'default', name: 'web', id: 'gone' }],
      { hear: (event) => events.push(`${event.kind} ${event.repair.kind}`) },
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'done'])
    expect(events).toEqual([
      'begun detach',
      'failed detach',
      'begun release-name',
      'done release-name',
    ])
    expect(outcomes[0]).toMatchObject({
      error: { message: 'cannot detach eth0 of container default-c1 in network lan', code: 5 },
    })
    expect(host.records).toHaveLength(1)
  })

  it('detaches four containers at a time where programs do it, and the two attachments of one after each other', async () => {
    const [entry, record] = [host.cached[0], host.records[0]]
    const keys = [2, 3, 4, 5, 6, 6].map((id, at) => ({
      ...{ network: 'lan', containerId: `default-c${id}`, ifname: `eth${at}` },
    }))
    for (const each of keys) {
      if (record) host.records.push({ ...record, ...each })
      if (entry) host.cached.push({ ...entry, attachment: { ...entry.attachment, ...each } })
    }
    host.namespaces = {}
    const tools = sampleTools(host)
    const running: string[] = []
    let most = 0
    const { run } = tools.host.runner
    tools.host.runner.run = async (call) => {
      const { containerId } = call
      expect(running).not.toContain(containerId)
      most = Math.max(most, running.push(containerId))
      for (let turn = 0; turn < 50; turn += 1) await undefined
      running.splice(running.indexOf(containerId), 1)
      return run(call)
    }
    const outcomes = await repair(
      tools,
      [key, ...keys].map((attachment) => ({ kind: 'detach', attachment })),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 7 }, () => 'done'))
    expect([most, host.records]).toEqual([4, []])
  })

  it('releases an address of a container of ours that is not attached, though the container is known', async () => {
    const planted = { address: '10.4.1.9', containerId: 'default-c2', ifname: 'eth0', sinceMs: 1 }
    host.containers['c2'] = { 'vethra.json': recordOf('c2') }
    host.reservations.push(planted)
    const found = await examine(sampleTools(host))
    expect(found.map(({ kind }) => kind)).toEqual(['reservation-dead'])
    await repair(sampleTools(host), planRepairs(found))
    expect(host.done).toEqual(['drop 10.4.1.9'])
  })
})

describe('heal', () => {
  it('looks once where nothing is wrong', async () => {
    host.meanwhile = () => {
      throw new Error('nothing is waited for')
    }
    expect(await heal(sampleTools(host))).toEqual({ outcomes: [], left: [] })
  })

  it('tries nothing twice, and tells what is left', async () => {
    host.namespaces = {}
    host.broken = ['bridge']
    const { outcomes, left } = await heal(sampleTools(host))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed'])
    expect(left.map(({ kind }) => kind)).toEqual(['attachment-dead'])
  })

  it('repairs what a repair has brought to light', async () => {
    // The record is gone with the file: only the cached result tells, until it is written anew.
    host.namespaces = {}
    host.names.push({ name: 'web', id: 'gone' })
    const tools = sampleTools(host)
    const hear = ({ kind, repair: each }: RepairEvent) => {
      if (kind === 'done' && each.kind === 'release-name') {
        host.names = [{ name: 'shop', id: 'gone' }]
      }
    }
    const { outcomes } = await heal(tools, { hear })
    expect(outcomes.map(({ repair: each }) => each.kind)).toEqual([
      'detach',
      'release-name',
      'release-address',
      'release-name',
    ])
  })
})
