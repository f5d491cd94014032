import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

interface Row {
  readonly Name: string
  readonly Status: string
  readonly Lost: readonly { readonly Field: string }[]
}

const docker = [
  {
    Name: 'bridge',
    Driver: 'bridge',
    Options: { 'com.docker.network.bridge.default_bridge': 'true' },
  },
  {
    Name: 'lan',
    Driver: 'bridge',
    EnableIPv6: true,
    IPAM: {
      Driver: 'default',
      Config: [
        { Subnet: '10.41.0.0/16', Gateway: '10.41.0.254', IPRange: '10.41.5.0/24' },
        { Subnet: 'fd00:41::/64' },
      ],
    },
    Options: {
      'com.docker.network.driver.mtu': '1400',
      'com.docker.network.bridge.name': 'br-lan',
    },
    Labels: { team: 'web' },
  },
  {
    Name: 'inner',
    Driver: 'bridge',
    Internal: true,
    IPAM: { Config: [{ Subnet: '10.42.0.0/24' }] },
  },
  { Name: 'evil\u001b[2J', Driver: 'overlay' },
]

// Of the steps of two networks: with one written, and half of the other. scripts/soak takes each.
const killed = process.env['VETHRA_TEST_KILLS'] ? Array.from({ length: 16 }, (_, n) => n + 1) : [14]

describeOnHost('vethra import', () => {
  let host: Host

  beforeAll(async () => {
    host = await openHost()
    // Podman keeps its networks there, and locks in the other.
    for (const folder of ['/etc/containers/networks', '/dev/shm']) {
      await host.run(['mount', '-t', 'tmpfs', 'tmpfs', folder])
    }
  })

  afterAll(async () => {
    await host.close()
  })

  const rows = (stdout: string): readonly Row[] => JSON.parse(stdout)
  const states = (stdout: string) => rows(stdout).map(({ Name, Status }) => `${Name} ${Status}`)
  const asJson = (...args: readonly string[]) => host.vethra('import', ...args, '--format', 'json')
  const confLists = async () =>
    (await host.run(['sh', '-c', 'cd /etc/cni/net.d && sha256sum *.conflist'])).stdout

  it('networks of Docker are planned, created and left alone', async () => {
    const input = JSON.stringify(docker)
    const planned = await host.run([executable, 'import', 'docker'], { input })
    expect(planned.exitCode).toBe(1)
    expect(planned.stdout + planned.stderr).not.toContain('\u001b')
    expect((await host.vethra('network', 'exists', 'lan')).exitCode).toBe(1)

    // A person who gives no file would wait for nothing.
    const alone = await host.run(['script', '-qec', `${executable} import docker`, '/dev/null'])
    expect(alone.exitCode).toBe(2)

    const file = join(host.folder, 'networks.json')
    await writeFile(file, input)
    const evil = 'evil\u001b[2J'
    const none = await asJson('docker', '--apply', file)
    expect(none.exitCode).toBe(1)
    expect(states(none.stdout)).toEqual([
      ...['bridge passed', 'lan new', 'inner new', `${evil} refused`],
    ])
    expect((await host.vethra('network', 'exists', 'lan')).exitCode).toBe(1)
    const made = await asJson('docker', '--apply', '--skip', evil, file)
    expect(made.exitCode).toBe(0)
    expect(states(made.stdout)).toEqual([
      ...['bridge passed', 'lan created', 'inner created', `${evil} passed`],
    ])
    expect(rows(made.stdout)[1]?.Lost.map(({ Field }) => Field)).toEqual([
      'Options.com.docker.network.bridge.name',
    ])
    const shown = await host.vethra('network', 'inspect', 'lan', 'inner')
    expect(JSON.parse(shown.stdout)).toMatchObject([
      {
        Name: 'lan',
        EnableIPv6: true,
        IPAM: {
          Config: [
            { Subnet: '10.41.0.0/16', Gateway: '10.41.0.254', IPRange: '10.41.5.0/24' },
            { Subnet: 'fd00:41::/64' },
          ],
        },
        Internal: false,
        Options: { mtu: '1400' },
        Labels: { team: 'web' },
      },
      { Name: 'inner', Internal: true },
    ])

    const before = await confLists()
    await writeFile(file, JSON.stringify([docker[1], { ...docker[2], Internal: false }]))
    const again = await asJson('docker', '--apply', file)
    expect(again.exitCode).toBe(1)
    expect(states(again.stdout)).toEqual(['lan equal', 'inner refused'])
    expect(await confLists()).toBe(before)
  })

  it('killed at any step, the next one ends it', async () => {
    const two = ['kk', 'll'].map((Name, index) => ({
      ...{ Name, Driver: 'bridge' },
      IPAM: { Config: [{ Subnet: `10.43.${index}.0/24` }] },
    }))
    const argv = [executable, 'import', 'docker', '--apply', '--format', 'json']
    const input = JSON.stringify(two)
    for (const step of killed) {
      const first = await host.run(argv, { input, env: { VETHRA_FAULT: `kill:${step}` } })
      expect(first.stderr).toContain(`killed at step ${step}, `)
      const second = await host.run(argv, { input })
      expect(second, first.stderr).toMatchObject({ exitCode: 0, stderr: '' })
      for (const each of rows(second.stdout)) expect(each.Status).toMatch(/^(created|equal)$/)
      const { stdout } = await host.run(['ls', '-A', '/etc/cni/net.d'])
      expect(stdout, first.stderr).not.toContain('.tmp-')
      expect(await host.vethra('network', 'rm', 'kk', 'll')).toMatchObject({ exitCode: 0 })
    }
  })

  it('files that Podman has written make the same networks', async () => {
    // Where there are conf lists, Podman 4.3 takes them for its own.
    const conf = join(host.folder, 'containers.conf')
    await writeFile(conf, '[network]\nnetwork_backend = "netavark"\n')
    const podman = async (...args: readonly string[]) => {
      const places = ['--root', '/var/lib/storage', '--runroot', '/run/storage']
      const ways = ['--storage-driver', 'vfs', '--events-backend', 'none']
      const argv = ['podman', ...places, ...ways, 'network', 'create', ...args]
      const made = await host.run(argv, { env: { CONTAINERS_CONF: conf } })
      expect(made).toMatchObject({ exitCode: 0 })
    }
    const range = ['--gateway', '10.31.0.254', '--ip-range', '10.31.0.128/25']
    await podman(
      '--subnet',
      '10.31.0.0/24',
      ...range,
      '-o',
      'mtu=1400',
      '-o',
      'isolate=true',
      'pod',
    )
    await podman('--ipv6', '--internal', '--label', 'team=web', 'pod-inner')
    await podman('--ipam-driver', 'none', 'pod-none')
    const ran = await asJson('podman', '--apply', '--skip', 'pod-none')
    expect(ran.exitCode).toBe(0)
    expect(states(ran.stdout)).toEqual(['pod-inner created', 'pod-none passed', 'pod created'])
    const { stdout } = await host.vethra('network', 'inspect', 'pod')
    expect(JSON.parse(stdout)).toMatchObject([
      {
        IPAM: {
          Config: [{ Subnet: '10.31.0.0/24', Gateway: '10.31.0.254', IPRange: '10.31.0.128/25' }],
        },
        Options: { mtu: '1400' },
      },
    ])
    expect(states((await asJson('podman')).stdout)).toContain('pod equal')
  })

  it('networks of nerdctl in its own folder are ours already', async () => {
    const shared = await asJson('nerdctl')
    expect(shared.exitCode).toBe(0)
    expect(new Set(rows(shared.stdout).map(({ Status }) => Status))).toEqual(new Set(['equal']))
  })

  it.each([
    ['a missing file', ['docker', '/missing.json'], '', 1],
    ['nothing', ['docker'], '', 1],
    ['what is nested too deep', ['docker'], '['.repeat(100_000), 1],
    ['a folder in place of a file', ['docker', '/etc'], '', 1],
    ['a missing folder', ['podman', '/missing'], '', 1],
    ['a network to skip that is not there', ['docker', '--skip', 'lan'], '[]', 1],
    ['a word too many', ['docker', 'a', 'b'], '', 2],
    ['an unknown program', ['swarm'], '', 2],
  ])('%s is refused, and nothing is printed', async (_, args, input, exitCode) => {
    const ran = await host.run([executable, 'import', ...args], { input })
    expect(ran).toMatchObject({ exitCode, stdout: '' })
  })
})
