import { describe, expect, it } from 'vitest'
import { planned, sampleConfig, samplePlaces } from '../test/sample-bundle.ts'
import { type BundlePlaces, undoConfig } from './index.ts'

describe('a plan for a CNI network', () => {
  it('writes what a hook and an OCI runtime need, and nothing else', () => {
    const plan = planned({ name: 'web', domainname: 'example.org', ip: '10.4.0.9' })
    expect(plan.json).toMatchObject({
      process: { env: ['PATH=/bin', 'TERM=xterm', 'HOSTNAME=0123456789ab'] },
      hostname: '0123456789ab',
      domainname: 'example.org',
      linux: {
        namespaces: [{ type: 'pid' }, { type: 'network' }, { type: 'uts' }],
        sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      },
    })
    expect(plan.json.mounts.slice(1)).toEqual([
      bind('/etc/resolv.conf', samplePlaces.resolvConf),
      bind('/etc/hosts', samplePlaces.hosts),
      bind('/etc/hostname', samplePlaces.hostname),
    ])
    expect(plan.json.annotations).toEqual({
      'nerdctl/namespace': 'default',
      'nerdctl/state-dir': samplePlaces.stateDir,
      'nerdctl/networks': '["bridge"]',
      'nerdctl/extraHosts': '[]',
      'nerdctl/name': 'web',
      'nerdctl/hostname': '0123456789ab',
      'nerdctl/domainname': 'example.org',
      'nerdctl/ip': '10.4.0.9',
    })
    expect(plan.json.hooks).toEqual({
      createRuntime: [hook('createRuntime')],
      poststop: [hook('postStop')],
    })
  })

  it('has our poststop called before those of others: runc calls none behind one that fails', () => {
    const [first, second] = [{ path: '/bin/false' }, { path: '/bin/true' }]
    const config = { ...JSON.parse(sampleConfig()), hooks: { poststop: [first, second] } }
    for (const text of [JSON.stringify(config), JSON.stringify(config, null, 2)]) {
      const plan = planned({}, text)
      expect(plan.json.hooks.poststop).toEqual([hook('postStop'), first, second])
      expect(undoConfig(plan.config, [plan.undo])).toBe(text)
    }
  })

  it('leaves every other byte where it was', () => {
    const before = lines(sampleConfig()).filter((line) => !line.includes('"hostname"'))
    const left = lines(planned().config).reduce((rest, line) => {
      return line === rest[0] ? rest.slice(1) : rest
    }, before)
    expect(left).toEqual([])
  })

  it('says in one line each what changes', () => {
    expect(planned({ hostname: 'web' }).changes).toMatchInlineSnapshot(`
      [
        "set the hostname to web",
        "set HOSTNAME to "web"",
        "set the sysctl net.ipv4.ip_unprivileged_port_start to 0",
        "mount /data/1935db59/containers/default/0123456789abcdef/resolv.conf on /etc/resolv.conf",
        "mount /data/1935db59/etchosts/default/0123456789abcdef/hosts on /etc/hosts",
        "mount /data/1935db59/containers/default/0123456789abcdef/hostname on /etc/hostname",
        "set nerdctl/namespace to "default"",
        "set nerdctl/state-dir to "/data/1935db59/containers/default/0123456789abcdef"",
        "set nerdctl/networks to "[\\"bridge\\"]"",
        "set nerdctl/extraHosts to "[]"",
        "set nerdctl/hostname to "web"",
        "have /usr/bin/vethra called at createRuntime",
        "have /usr/bin/vethra called at poststop",
      ]
    `)
  })

  it('keeps a compact file compact', () => {
    expect(planned({}, JSON.stringify(JSON.parse(sampleConfig()))).config).not.toMatch(/\s"/)
  })

  it('adds the namespaces that are missing', () => {
    const plan = planned({}, sampleConfig({ linux: { namespaces: null } }))
    expect(plan.json.linux.namespaces).toEqual([{ type: 'network' }, { type: 'uts' }])
  })

  it('refuses a bundle that joins a network namespace by itself', () => {
    const linux = { namespaces: [{ type: 'network', path: '/run/netns/x' }] }
    expect(() => planned({}, sampleConfig({ linux }))).toThrow(
      expect.objectContaining({
        code: 107,
        message: 'the bundle joins the network namespace "/run/netns/x"',
        hint: expect.stringContaining('ns:PATH'),
      }),
    )
  })

  it('keeps a sysctl that the user set', () => {
    const sysctl = { 'net.ipv4.ip_unprivileged_port_start': '80' }
    expect(planned({}, sampleConfig({ linux: { sysctl } })).json.linux.sysctl).toEqual(sysctl)
  })
})

describe('mounts', () => {
  it.each(['/etc/hosts', '/etc//hosts/', 'etc/hosts', '/etc/../etc/./hosts'])(
    'the user has on %s stay, and ours is not added (W36)',
    (destination) => {
      const mounts = [{ destination, type: 'bind', source: '/mine', options: ['rbind', 'ro'] }]
      const plan = planned({}, sampleConfig({ mounts }))
      expect(plan.json.mounts.map((mount: { source: string }) => mount.source)).toEqual([
        '/mine',
        samplePlaces.resolvConf,
        samplePlaces.hostname,
      ])
      expect(plan.changes).toContain("keep the bundle's own mount on /etc/hosts")
    },
  )

  it('of an earlier run are replaced where they stand, and what came twice goes', () => {
    const old = (id: string) => bind('/etc/hosts', `/old/aa/etchosts/default/${id}/hosts`)
    const last = { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' }
    const plan = planned({}, sampleConfig({ mounts: [old('a'), old('b'), last] }))
    expect(plan.json.mounts.slice(0, 2)).toEqual([bind('/etc/hosts', samplePlaces.hosts), last])
    expect(plan.json.mounts).toHaveLength(4)
  })
})

describe('hooks', () => {
  const foreign = { path: '/usr/bin/other', args: ['other', 'prestart'] }
  const nerdctl = {
    path: '/usr/bin/nerdctl',
    args: ['/usr/bin/nerdctl', 'internal', 'oci-hook', 'createRuntime'],
    env: ['SECRET=1'],
  }

  it("of others keep their turn, and nerdctl's own is replaced", () => {
    const hooks = { prestart: [nerdctl, foreign], createRuntime: [foreign, nerdctl, foreign] }
    const plan = planned({}, sampleConfig({ hooks }))
    expect(plan.json.hooks).toEqual({
      prestart: [foreign],
      createRuntime: [foreign, hook('createRuntime'), foreign],
      poststop: [hook('postStop')],
    })
    expect(plan.config).not.toContain('SECRET')
  })
})

describe('annotations', () => {
  it.each(['nerdctl/pid-file', 'nerdctl/network-namespace', 'nerdctl/ports', 'nerdctl/ip'])(
    '%s that nobody asked for goes (W1)',
    (key) => {
      const plan = planned({}, sampleConfig({ annotations: { [key]: '/etc/passwd', other: 'x' } }))
      expect(plan.json.annotations).toHaveProperty('other', 'x')
      expect(plan.json.annotations).not.toHaveProperty([key])
      expect(plan.changes).toContain(`remove ${key}, which says "/etc/passwd"`)
    },
  )
})

describe('domainname', () => {
  it('of an earlier run goes when it is asked for no more, and one of the bundle stays', () => {
    const first = planned({ domainname: 'example.org' }).config
    expect(planned({}, first).json).not.toHaveProperty('domainname')
    expect(planned({}, sampleConfig({ domainname: 'its.own' })).json.domainname).toBe('its.own')
  })
})

describe('places', () => {
  const { hook: program } = samplePlaces

  it.each<Partial<BundlePlaces>>([
    { hosts: 'relative' },
    { pidFile: '' },
    { stateDir: '/a\nb' },
    { hook: { ...program, path: 'vethra' } },
    { hook: { ...program, timeout: 0 } },
    { hook: { ...program, timeout: 1.5 } },
  ])('that no OCI runtime takes are refused: %j', (parts) => {
    expect(() => planned({}, sampleConfig(), { ...samplePlaces, ...parts })).toThrow(
      expect.objectContaining({ code: 103 }),
    )
  })
})

function lines(text: string): readonly string[] {
  return text.split('\n').map((line) => line.replace(/,$/, ''))
}

function bind(destination: string, source: string) {
  return { destination, type: 'bind', source, options: ['bind', 'rprivate'] }
}

function hook(event: string) {
  return {
    path: '/usr/bin/vethra',
    args: ['vethra', '--data-root=/data', 'oci-hook', event],
    env: ['PATH=/usr/sbin:/usr/bin'],
    timeout: 120,
  }
}
