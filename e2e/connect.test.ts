import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

const rounds = Number(process.env['VETHRA_TEST_CONNECTS'] ?? 3)

describeOnHost('vethra network connect and disconnect', () => {
  let host: Host
  let web: string
  let peer: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    peer = `peer-${host.tag}`
    await host.vethra('network', 'create', 'front')
    await host.vethra('network', 'create', 'back')
    for (const [id, network] of [
      [web, 'front'],
      [peer, 'back'],
    ] as const) {
      const bundle = await host.bundle(id, ['sleep', '60'])
      await host.vethra(
        'bundle',
        'prepare',
        bundle,
        '--id',
        id,
        '--network',
        network,
        '--hostname',
        id.split('-')[0] ?? '',
      )
      expect((await host.start(bundle, id)).exitCode).toBe(0)
    }
  })

  afterEach(async () => {
    await host.close()
  })

  const ping = (from: string, name: string) =>
    host.runc('exec', from, 'ping', '-c', '1', '-W', '1', name)
  const reservations = async () =>
    (await host.snapshot()).files.filter((file) => /networks\/back\/\d/.test(file))

  it('work on a running container: interface, address and names come and go', async () => {
    const before = await host.snapshot()
    for (let round = 0; round < rounds; round += 1) {
      expect(await host.vethra('network', 'connect', '--alias', 'shop', 'back', web)).toMatchObject(
        { exitCode: 0, stderr: '' },
      )
      expect((await ping(peer, 'shop')).stdout).toMatch(/1 packets received/)
      expect((await ping(web, 'peer')).stdout).toMatch(/1 packets received/)
      expect(await host.vethra('network', 'disconnect', 'back', web)).toMatchObject({
        exitCode: 0,
        stderr: '',
      })
      expect((await host.runc('exec', peer, 'cat', '/etc/hosts')).stdout).not.toMatch(/shop/)
      expect((await host.runc('exec', web, 'ip', 'link')).stdout).not.toMatch(/eth1/)
    }
    const after = await host.snapshot()
    expect(after.files).toEqual(before.files)
    expect(after.rules).toEqual(before.rules)
    expect(after.links).toHaveLength(before.links.length)
  })

  it('a connection is made again at the next start, and goes with the container', async () => {
    expect(
      (await host.vethra('network', 'connect', '--ip', '10.4.2.77', 'back', web)).exitCode,
    ).toBe(0)
    expect(await reservations()).toHaveLength(2)
    expect((await host.stop(web)).exitCode).toBe(0)
    expect(await reservations()).toHaveLength(1)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).toBe(0)
    const addresses = (await host.runc('exec', web, 'ip', '-o', '-4', 'addr', 'show', 'eth1'))
      .stdout
    expect(addresses).toMatch(/10\.4\.2\.77/)
    await host.stop(web)
    expect((await host.vethra('bundle', 'rm', web)).exitCode).toBe(0)
    expect((await host.snapshot()).files.filter((file) => file.includes(web))).toEqual([])
  })

  it('after a disconnect in the middle, stopping frees what is left', async () => {
    await host.vethra('network', 'create', 'third')
    for (const network of ['back', 'third']) await host.vethra('network', 'connect', network, web)
    await host.vethra('network', 'disconnect', 'back', web)
    expect((await host.runc('exec', web, 'ip', 'link')).stdout).toMatch(/eth2/)
    await host.stop(web)
    const left = (await host.snapshot()).files.filter((file) =>
      /networks\/(front|third)\/\d|results\/.*web/.test(file),
    )
    expect(left).toEqual([])
  })

  it.each([
    [['connect', 'front', 'WEB'], 'is connected to network front already'],
    [['connect', 'nowhere', 'WEB'], 'no such network: "nowhere"'],
    [['connect', 'back', 'nobody'], 'no such container "nobody"'],
    [['connect', '--ip', 'x', 'back', 'WEB'], 'x'],
    [['disconnect', 'back', 'WEB'], 'is not connected to network back'],
    [['disconnect', 'front', 'WEB'], 'is the only one of container'],
  ])('%j is refused', async (args, said) => {
    const ran = await host.vethra('network', ...args.map((each) => (each === 'WEB' ? web : each)))
    expect(ran.exitCode).toBeGreaterThan(0)
    expect(ran.stderr).toContain(said)
  })
})
