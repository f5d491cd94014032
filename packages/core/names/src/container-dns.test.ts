import { describe, expect, it } from 'vitest'
import type { ContainerDnsInput } from './index.ts'
import { containerResolvConf, renderResolvConf, values } from './index.ts'

const input: ContainerDnsInput = { mode: 'cni', host: '', cli: {}, settings: {}, ipv6: false }
const lines = (...servers: string[]) => servers.map((each) => `nameserver ${each}\n`).join('')
const serversOf = (changes: Partial<ContainerDnsInput>) =>
  values(containerResolvConf({ ...input, ...changes }).conf.nameservers)
const warningsOf = (changes: Partial<ContainerDnsInput>) =>
  containerResolvConf({ ...input, ...changes }).warnings

describe("the host's nameservers", () => {
  const mixed = lines('127.0.0.53', '192.88.99.1', '::1', '2001:db8::1')

  it.each([
    [
      'cni',
      false,
      lines('10.16.60.14', '::1', '127.0.2.1', '10.16.60.21'),
      ['10.16.60.14', '10.16.60.21'],
    ],
    ['cni', false, lines('10.0.0.1', '2002:dead:beef::1', 'FE80::BB1%eth0'), ['10.0.0.1']],
    [
      'cni',
      true,
      lines('10.0.0.1', '2002:dead:beef::1', 'FE80::BB1%eth0'),
      ['10.0.0.1', '2002:dead:beef::1', 'FE80::BB1%eth0'],
    ],
    ['cni', false, mixed, ['192.88.99.1']],
    ['cni', true, mixed, ['192.88.99.1', '2001:db8::1']],
    ['none', false, mixed, ['192.88.99.1', '2001:db8::1']],
    [
      'host',
      false,
      lines('127.0.0.53', '192.88.99.1', '::1'),
      ['127.0.0.53', '192.88.99.1', '::1'],
    ],
    ['ns', false, lines('127.0.0.1'), ['127.0.0.1']],
    ['cni', false, ' nameserver 127.0.0.53\nnameserver ::1 \nnameserver 9.9.9.9\n', ['9.9.9.9']],
    ['cni', false, lines('2001:db8::53'), ['2001:db8::53']],
  ] as const)('in mode %s, IPv6 %j: of %j come %j', (mode, ipv6, host, expected) => {
    expect(serversOf({ mode, ipv6, host })).toEqual(expected)
  })

  it.each([
    ['cni', false, lines('127.0.0.1'), ['8.8.8.8', '8.8.4.4']],
    ['cni', true, lines('::1'), ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888']],
    ['none', false, '', ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888']],
    ['host', false, '', ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888']],
    ['cni', false, lines('fe80::1%eth0'), ['8.8.8.8', '8.8.4.4', 'fe80::1%eth0']],
  ] as const)(
    'in mode %s, IPv6 %j: of %j public ones come in, and a warning says so',
    (mode, ipv6, host, expected) => {
      expect(serversOf({ mode, ipv6, host })).toEqual(expected)
      expect(warningsOf({ mode, ipv6, host }).join()).toMatch('taking 8.8.8.8, 8.8.4.4')
    },
  )

  it('IPv6 nameservers alone are kept with a warning where the container has no IPv6', () => {
    expect(warningsOf({ host: lines('2001:db8::53') })).toEqual([
      'the host has IPv6 nameservers only (2001:db8::53), and no network of the container has IPv6',
    ])
    expect(warningsOf({ host: lines('2001:db8::53'), ipv6: true })).toEqual([])
  })

  it('a nameserver on a link of the host is kept with a warning', () => {
    expect(warningsOf({ ipv6: true, host: lines('9.9.9.9', 'fe80::1%eth0') })).toEqual([
      'nameserver fe80::1%eth0 answers on a link of the host only, not in the container',
    ])
    expect(warningsOf({ mode: 'host', host: lines('fe80::1%eth0') })).toEqual([])
  })
})

describe('precedence', () => {
  const host = `${lines('10.0.0.1')}search host.example\noptions ndots:1\n`
  const settings = {
    servers: ['10.10.10.10', '20.20.20.20'],
    search: ['set.example'],
    options: ['ndots:2'],
  }
  const cli = { servers: ['1.2.3.4'], search: ['cli.example'], options: ['ndots:3'] }
  const rendered = (changes: Partial<ContainerDnsInput>) =>
    renderResolvConf(containerResolvConf({ ...input, ...changes }).conf)

  it.each(['cni', 'none', 'host', 'ns'] as const)(
    'in mode %s the settings replace the host',
    (mode) => {
      expect(rendered({ mode, host, settings })).toBe(
        'search set.example\nnameserver 10.10.10.10\nnameserver 20.20.20.20\noptions ndots:2\n',
      )
    },
  )

  it.each(['cni', 'none', 'host', 'ns'] as const)(
    'in mode %s flags replace the settings',
    (mode) => {
      expect(rendered({ mode, host, settings, cli })).toBe(
        'search cli.example\nnameserver 1.2.3.4\noptions ndots:3\n',
      )
    },
  )

  it('each field is chosen for itself, and keeps its source', () => {
    const { conf } = containerResolvConf({
      ...input,
      host,
      settings: { search: ['s'] },
      cli: { options: ['o'] },
    })
    expect(conf.nameservers).toEqual([{ value: '10.0.0.1', source: 'host' }])
    expect(conf.search).toEqual([{ value: 's', source: 'settings' }])
    expect(conf.options).toEqual([{ value: 'o', source: 'cli' }])
  })

  it('a loopback address that was asked for is kept', () => {
    expect(serversOf({ cli: { servers: ['127.0.0.1', '::1'] } })).toEqual(['127.0.0.1', '::1'])
  })

  it('an empty list is as good as none, and "." asks for no search list', () => {
    expect(rendered({ host, cli: { servers: [], search: ['.'], options: [] } })).toBe(
      'nameserver 10.0.0.1\noptions ndots:1\n',
    )
  })

  it('values are split at commas, without blanks or repetitions', () => {
    expect(serversOf({ cli: { servers: [' 1.1.1.1, 9.9.9.9', '1.1.1.1'] } })).toEqual([
      '1.1.1.1',
      '9.9.9.9',
    ])
  })

  it("RootlessKit's resolver stands before the host's and after what was asked for", () => {
    const rootless = ['10.0.2.3']
    expect(serversOf({ host, rootless })).toEqual(['10.0.2.3', '10.0.0.1'])
    expect(serversOf({ host: '', rootless })).toEqual(['10.0.2.3'])
    expect(serversOf({ host, rootless, cli })).toEqual(['1.2.3.4', '10.0.2.3'])
    expect(serversOf({ host, rootless, mode: 'none' })).toEqual(['10.0.0.1'])
  })

  it("carries the host's domain and sortlist", () => {
    expect(rendered({ host: 'domain corp.example\nsortlist 10.0.0.0\nnameserver 10.0.0.1' })).toBe(
      'search corp.example\nnameserver 10.0.0.1\nsortlist 10.0.0.0\n',
    )
  })
})

describe('limits', () => {
  it('the fourth nameserver goes, and is named with its source', () => {
    const cli = { servers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] }
    expect(serversOf({ cli })).toEqual(['1.1.1.1', '1.1.1.2', '1.1.1.3'])
    expect(warningsOf({ cli })).toEqual([
      'nameserver 1.1.1.4 (from cli) is left out: resolvers use the first 3 only',
    ])
  })

  it.each([
    ['seven domains', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['g']],
    [
      '257 characters together',
      ['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(63), 'e'],
      ['e'],
    ],
    [
      'all after the first that is too long',
      ['x.'.repeat(125), 'y'.repeat(63), 'z'],
      ['y'.repeat(63), 'z'],
    ],
  ])('%s: what had to go is named', (_, search, gone) => {
    const { conf, warnings } = containerResolvConf({
      ...input,
      host: lines('9.9.9.9'),
      cli: { search },
    })
    expect([...values(conf.search), ...gone]).toEqual(search)
    expect(warnings.map((each) => each.split(' ')[2])).toEqual(gone)
  })

  it('256 characters fit', () => {
    const search = ['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(62), 'e']
    expect(search.join(' ')).toHaveLength(256)
    expect(warningsOf({ host: lines('9.9.9.9'), cli: { search } })).toEqual([])
  })
})

describe('values that make no sense', () => {
  const thrown = (changes: Partial<ContainerDnsInput>) => {
    try {
      return void containerResolvConf({ ...input, ...changes })
    } catch (error) {
      return error
    }
  }

  it.each([
    [{ servers: ['[::1]'] }, 'ip address is not correctly formatted: "[::1]" with --dns flag'],
    [{ servers: ['127'] }, 'ip address is not correctly formatted: "127" with --dns flag'],
    [{ servers: [' '] }, 'ip address is not correctly formatted: "" with --dns flag'],
    [
      { servers: ['1.1.1.1\nnameserver 6.6.6.6'] },
      'ip address is not correctly formatted: "1.1.1.1\\nnameserver 6.6.6.6" with --dns flag',
    ],
    [
      { servers: ['fe80::1%eth0'] },
      'ip address is not correctly formatted: "fe80::1%eth0" with --dns flag',
    ],
    [{ servers: [''] }, '--dns flag was specified but no DNS server was provided'],
    [
      { search: ['a\nnameserver 6.6.6.6'] },
      'invalid search domain: "a\\nnameserver 6.6.6.6" with --dns-search flag',
    ],
    [{ search: ['a b'] }, 'invalid search domain: "a b" with --dns-search flag'],
    [{ search: ['a..b'] }, 'invalid search domain: "a..b" with --dns-search flag'],
    [{ options: ['ndots:1\n'] }, 'invalid DNS option: "ndots:1\\n" with --dns-option flag'],
    [{ options: ['#'] }, 'invalid DNS option: "#" with --dns-option flag'],
  ])('%j is refused on the command line', (cli, message) => {
    expect(thrown({ cli })).toMatchObject({ code: 103, message })
  })

  it.each([
    [{ servers: ['x'] }, 'ip address is not correctly formatted: "x" in the setting dns'],
    [{ servers: [''] }, 'the setting dns was given but no DNS server was provided'],
    [{ search: ['!'] }, 'invalid search domain: "!" in the setting dns_search'],
    [{ options: [' x y'] }, 'invalid DNS option: "x y" in the setting dns_opts'],
  ])('%j is refused in the settings, even where a flag replaces it', (settings, message) => {
    const cli = { servers: ['1.1.1.1'], search: ['a'], options: ['b'] }
    expect(thrown({ cli, settings })).toMatchObject({ code: 103, message })
  })

  it('a huge value is not repeated in full', () => {
    const error = thrown({ cli: { search: ['x'.repeat(1_000_000)] } })
    expect((error as Error).message.length).toBeLessThan(400)
  })
})
