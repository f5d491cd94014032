import { readFile, stat, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

/** The rows of a hosts file that say something, without markers and localhost. */
function entriesOf(text: string): readonly string[] {
  const rows = text.split('\n').map((row) => row.trim().split(/\s+/).join(' '))
  return rows.filter((row) => row !== '' && !/^(# <\/?nerdctl>|127\.0\.0\.1 |::1 )/.test(row))
}

describeOnHost('the names of a container', () => {
  let host: Host
  beforeEach(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
  })
  afterEach(async () => {
    await host.close()
  })

  const put = (file: string, text: string) =>
    host.run(['sh', '-ec', 'mkdir -p "$(dirname "$1")"; rm -f "$1"; cat >"$1"', 'sh', file], {
      input: text,
    })
  const idOf = (name: string) => `${name}-${host.tag}`

  async function prepared(
    name: string,
    args: readonly string[],
    ...flags: readonly string[]
  ): Promise<{ readonly bundle: string; readonly stderr: string }> {
    const bundle = await host.bundle(idOf(name), args)
    const ran = await host.vethra('bundle', 'prepare', bundle, '--id', idOf(name), ...flags)
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 })
    return { bundle, stderr: ran.stderr }
  }

  /** What a container that is prepared with these flags finds in one of its files, and what was warned of. */
  async function found(
    name: string,
    file: string,
    ...flags: readonly string[]
  ): Promise<readonly [string, string]> {
    const { bundle, stderr } = await prepared(name, ['cat', file], ...flags)
    const ran = await host.runc('run', '-b', bundle, idOf(name))
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 })
    return [ran.stdout, stderr]
  }

  async function started(
    name: string,
    ...flags: readonly string[]
  ): Promise<() => Promise<string>> {
    const { bundle } = await prepared(name, ['sleep', '600'], ...flags)
    expect(await host.start(bundle, idOf(name))).toMatchObject({ exitCode: 0, stderr: '' })
    const { pid } = JSON.parse((await host.runc('state', idOf(name))).stdout)
    // The file as the container has it mounted.
    return () => readFile(`/proc/${pid}/root/etc/hosts`, 'utf8')
  }

  const inside = async (name: string, ...args: readonly string[]) =>
    (await host.runc('exec', idOf(name), ...args)).stdout

  it('its resolv.conf has what flags say, else vethra.toml, else the host (case 40)', async () => {
    await put('/etc/resolv.conf', 'nameserver 192.0.2.53\nsearch host.example\noptions ndots:1\n')
    const plain = await found('a', '/etc/resolv.conf', '--network', 'lan')
    expect(plain).toEqual(['search host.example\nnameserver 192.0.2.53\noptions ndots:1', ''])
    await put(
      '/etc/vethra/vethra.toml',
      'dns = ["10.10.10.10", "20.20.20.20"]\ndns_search = ["toml.example"]\n',
    )
    const [set] = await found('b', '/etc/resolv.conf', '--network', 'lan')
    expect(set).toBe(
      'search toml.example\nnameserver 10.10.10.10\nnameserver 20.20.20.20\noptions ndots:1',
    )
    const flags = ['--dns', '1.2.3.4', '--dns-search', 'flag.example.', '--dns-option', 'ndots:3']
    // As docker calls it.
    flags.push('--dns-opt', 'rotate')
    for (const mode of ['lan', 'none']) {
      const [given] = await found(`c-${mode}`, '/etc/resolv.conf', '--network', mode, ...flags)
      expect(given).toBe('search flag.example.\nnameserver 1.2.3.4\noptions ndots:3 rotate')
    }
  })

  it('resolvers of the host that it could not reach are left out, and the operator is told (cases 34, 41)', async () => {
    const resolvConf = async (name: string, text: string, mode = 'lan') => {
      await put('/etc/resolv.conf', text)
      return found(name, '/etc/resolv.conf', '--network', mode)
    }
    const loopback = await resolvConf('a', ' nameserver 127.0.0.1\nnameserver ::1 \n')
    expect(loopback[0]).toBe('nameserver 8.8.8.8\nnameserver 8.8.4.4')
    expect(loopback[1]).toMatch(/^warning: .*nameserver/)
    const six = await resolvConf('b', 'nameserver 2001:db8::53\n')
    expect(six[0]).toBe('nameserver 2001:db8::53')
    expect(six[1]).toMatch(/^warning: .*2001:db8::53/)
    await put('/run/systemd/resolve/resolv.conf', 'nameserver 192.0.2.54\nsearch up.example\n')
    const stub = 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n'
    expect(await resolvConf('c', stub)).toEqual(['search up.example\nnameserver 192.0.2.54', ''])
    expect(await resolvConf('d', 'nameserver 127.0.0.1\n', 'host')).toEqual([
      'nameserver 127.0.0.1',
      '',
    ])
  })

  it('its hosts file has its own names, extra hosts as given, and peers of its networks alone (cases 47, 50, 52, 56)', async () => {
    await host.vethra('network', 'create', 'back')
    await host.run(['ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1'])
    await host.run(['ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'up0'])
    const hosts = await started(
      'a',
      ...['--network', 'lan', '--name', 'foo', '--hostname', 'bar', '--domainname', 'example.com'],
      ...['--add-host', 'gw:host-gateway', '--add-host', 'six:[2001:db8::9]'],
      ...['--add-host', 'six=192.0.2.8', '--network-alias', 'db'],
    )
    await started('b', '--network', 'back', '--hostname', 'apart')
    await started('c', '--network', 'lan', '--hostname', 'beside', '--network-alias', 'cache')
    expect(entriesOf(await hosts())).toEqual([
      '10.4.1.2 bar.example.com bar bar.lan foo foo.lan db db.lan',
      '192.0.2.1 gw',
      '2001:db8::9 six',
      '192.0.2.8 six',
      '10.4.1.3 beside beside.lan cache cache.lan',
    ])
    expect(await inside('a', 'hostname')).toBe('bar')
    expect(await inside('c', 'ping', '-c', '1', '-W', '2', 'db.lan')).toMatch(/1 packets received/)
    const [short] = await found('d', '/etc/hostname', '--network', 'none')
    expect(short).toBe(idOf('d').slice(0, 12))
  })

  it('a peer is there by name once it has started, and gone when it is', async () => {
    const hosts = await started('a', '--network', 'lan')
    for (const name of ['b', 'c']) {
      const { bundle } = await prepared(name, ['sleep', '600'], '--network', 'lan', '--name', name)
      await host.start(bundle, idOf(name))
      expect(await hosts()).toMatch(new RegExp(` ${name} ${name}\\.lan$`, 'm'))
    }
    await host.stop(idOf('b'))
    expect((await hosts()).match(/ [bc]\.lan$/gm)).toEqual([' c.lan'])
  })

  it('what its user writes into the mounted file stays through joins and leaves of others, and so does the inode', async () => {
    const hosts = await started('a', '--network', 'lan')
    const before = await inside('a', 'ls', '-i', '/etc/hosts')
    const edit =
      'H=$(cat /etc/hosts); printf "# first\\n%s\\n192.0.2.9\\tmine # note\\n" "$H" >/etc/hosts'
    await inside('a', 'sh', '-c', edit)
    const edited = await hosts()
    expect(edited.startsWith('# first\n# <nerdctl>\n')).toBe(true)
    const outside = (text: string) => text.replace(/# <nerdctl>\n[\s\S]*# <\/nerdctl>\n/, '')
    await started('b', '--network', 'lan', '--name', 'other')
    expect(outside(await hosts())).toBe('# first\n192.0.2.9\tmine # note\n')
    expect(await hosts()).toMatch(/ other other\.lan$/m)
    await host.stop(idOf('b'))
    expect(outside(await hosts())).toBe('# first\n192.0.2.9\tmine # note\n')
    expect(await hosts()).not.toMatch('other')
    expect(await inside('a', 'ls', '-i', '/etc/hosts')).toBe(before)
  })

  it('holds its lines alone, whoever came and went', async () => {
    const hosts = await started('a', '--network', 'lan')
    for (const name of ['b', 'c', 'd']) await started(name, '--network', 'lan', '--name', name)
    await host.stop(idOf('c'))
    await started('e', '--network', 'lan', '--name', 'a-longer-name-than-theirs')
    await host.stop(idOf('b'))
    expect(
      (await hosts()).split('\n').filter((row) => !/^(# |127|::1|10\.4\.1\.)/.test(row)),
    ).toEqual([''])
    expect(entriesOf(await hosts())).toHaveLength(3)
  })

  it.each([
    ['markers without a newline', '<nerdctl>'.repeat(100_000)],
    ['last markers without a newline', `# <nerdctl>\n${'</nerdctl>'.repeat(100_000)}`],
    ['managed parts', '# <nerdctl>\n# </nerdctl>\n'.repeat(40_000)],
  ])(
    'that a container fills with %s delays no peer, is made anew, and the log says so',
    async (_, text) => {
      const hosts = await started('a', '--network', 'lan')
      const { pid } = JSON.parse((await host.runc('state', idOf('a'))).stdout)
      await writeFile(`/proc/${pid}/root/etc/hosts`, text)
      const began = performance.now()
      await started('b', '--network', 'lan', '--name', 'late')
      expect(performance.now() - began).toBeLessThan(60_000)
      expect(entriesOf(await hosts())).toHaveLength(2)
      const log = `/var/lib/vethra/*/containers/default/${idOf('b')}/oci-hook.createRuntime.log`
      expect((await host.run(['sh', '-c', `cat ${log}`])).stdout).toContain(`${idOf('a')}/hosts`)
    },
  )

  it('names that could forge a line are refused by name, and nothing is written (cases 43, 53, 58)', async () => {
    const bundle = await host.bundle(idOf('bad'), ['sleep', '600'])
    const config = await readFile(`${bundle}/config.json`, 'utf8')
    const { mtimeNs } = await stat(`${bundle}/config.json`, { bigint: true })
    const before = await host.snapshot()
    const id = ['--network', 'lan', '--id', idOf('bad')]
    for (const [flags, named] of [
      [['--network', 'lan', '--id', '../../etc'], '../../etc'],
      [[...id, '--name', 'a\n127.0.0.1 evil'], 'evil'],
      [[...id, '--hostname', 'a\n127.0.0.1 evil'], 'evil'],
      [[...id, '--hostname', 'h'.repeat(300)], 'hhhh'],
      [[...id, '--hostname', 'x', '--uts', 'host'], '--uts=host'],
      [[...id, '--domainname', 'a b'], 'a b'],
      [[...id, '--network-alias', 'a\tb'], 'a\\tb'],
      [[...id, '--add-host', 'x:1.2.3.4\n6.6.6.6 evil'], 'evil'],
      [[...id, '--add-host', '10.0.0.1:testing.example.com'], 'testing.example.com'],
      [[...id, '--dns', '1.1.1.1\nnameserver 6.6.6.6'], '6.6.6.6'],
      [[...id, '--dns', '[::1]'], '[::1]'],
      [[...id, '--dns-search', 'a\nnameserver 6.6.6.6'], '6.6.6.6'],
      [[...id, '--dns-option', 'ndots:1\nnameserver 6.6.6.6'], '6.6.6.6'],
    ] as const) {
      const ran = await host.vethra('bundle', 'prepare', bundle, ...flags)
      expect(ran, flags.join(' ')).toMatchObject({ stderr: expect.stringContaining(named) })
      expect(ran.exitCode).toBeGreaterThan(0)
    }
    expect(await readFile(`${bundle}/config.json`, 'utf8')).toBe(config)
    expect((await stat(`${bundle}/config.json`, { bigint: true })).mtimeNs).toBe(mtimeNs)
    expect(await host.snapshot()).toEqual(before)
  })

  it('its peers know its address as the last plugin leaves it, and nothing of a start that failed', async () => {
    const says = (step: number, more: string) => `#!/bin/sh
cat >/dev/null
case $CNI_CONTAINERID in *watcher*) n=10 ;; *good*) n=20 ;; *) n=30 ;; esac
[ $CNI_COMMAND = ADD ] || exit 0
${more}
echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.0.'$((n + ${step}))'/24"}]}'
`
    const refuses = `[ $n != 30 ] || { echo '{"code":100,"msg":"not this one"}'; exit 1; }`
    await put('/run/plugins/early', says(0, ''))
    await put('/run/plugins/late', says(1, refuses))
    const plugins = '[{"type":"early"},{"type":"late"}]'
    await put(
      '/etc/cni/net.d/two.conflist',
      `{"cniVersion":"1.0.0","name":"two","plugins":${plugins}}`,
    )
    await host.run(['chmod', '755', '/run/plugins/early', '/run/plugins/late'])
    const flags = ['--cni-path', '/run/plugins', '--network', 'two']
    const file = await started('watcher', ...flags)
    const addresses = async () => (await file()).match(/10\.9\.0\.[23]\d/g) ?? []
    for (const [name, known] of [
      ['good', ['10.9.0.21']],
      ['bad', []],
    ] as const) {
      const { bundle } = await prepared(name, ['sleep', '600'], ...flags)
      const { exitCode } = await host.start(bundle, idOf(name))
      expect(exitCode === 0).toBe(name === 'good')
      expect(await addresses()).toEqual(known)
      if (name === 'good') {
        expect(await host.runc('delete', '-f', idOf(name))).toMatchObject({ exitCode: 0 })
        await vi.waitFor(async () => expect(await addresses()).toEqual([]), 10_000)
      }
    }
  })
})
