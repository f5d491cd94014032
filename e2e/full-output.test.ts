import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { startDaemon } from './running-daemon.ts'

describeOnHost('standard output that cannot be written', () => {
  let host: Host
  const blue = '/run/netns/blue'

  beforeEach(async () => {
    host = await openHost()
    await host.run(['ip', 'netns', 'add', 'blue'])
  })

  afterEach(async () => {
    await host.close()
  })

  const toFull = (...args: readonly string[]) =>
    host.run(['sh', '-c', 'exec "$@" >/dev/full', 'sh', executable, ...args])
  const failed = async (args: readonly string[], named: readonly string[]) => {
    const { exitCode, stderr } = await toFull(...args)
    const [first = '', ...rest] = stderr.split('\n')
    expect.soft(exitCode, stderr).toBe(1)
    expect.soft(first).toMatch(/^error: /)
    for (const each of named) expect.soft(first).toContain(each)
    expect.soft(rest.join('\n')).toMatch(/^ {2}caused by: ENOSPC/)
    expect.soft(rest.filter((line) => !/^ {2}(caused by|hint): /.test(line))).toEqual([])
  }

  it('undoes nothing that was done, and the error names it', async () => {
    await failed(['network', 'create', 'lan'], ['lan'])
    const [network] = JSON.parse((await host.vethra('network', 'inspect', 'lan')).stdout)
    expect((await host.vethra('network', 'rm', 'lan')).exitCode).toBe(0)
    await failed(['network', 'create', 'lan'], ['network lan exists', network.Id])

    await failed(['cni', 'add', 'lan', blue], [blue, 'lan'])
    expect((await host.vethra('cni', 'check', 'lan', blue)).exitCode).toBe(0)
    const reservations = async () =>
      JSON.parse((await host.vethra('ipam', 'ls', '--format', 'json')).stdout)
    expect((await host.vethra('cni', 'del', 'lan', blue)).exitCode).toBe(0)
    await host.run(['sh', '-c', 'printf "gone\\r\\neth0" >/var/lib/cni/networks/lan/10.4.1.9'])
    await failed(['ipam', 'release', '--network', 'lan', '--ip', '10.4.1.9'], ['10.4.1.9'])
    expect(await reservations()).toEqual([])

    const bundle = await host.bundle('web', ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', 'web', '--network', 'lan')
    await failed(['bundle', 'rm', 'web'], ['web'])
    expect((await host.vethra('container', 'inspect', 'web')).exitCode).toBe(1)
    await host.vethra('network', 'create', 'more')
    await failed(['network', 'prune', '--force'], ['lan', 'more'])
    expect((await host.vethra('network', 'exists', 'lan')).exitCode).not.toBe(0)
  })

  it('ends no repair halfway', async () => {
    for (const name of ['lan', 'back']) await host.vethra('network', 'create', name)
    for (const name of ['lan', 'back']) await host.vethra('cni', 'add', name, blue)
    await host.run(['ip', 'netns', 'del', 'blue'])
    const { exitCode, stderr } = await toFull('doctor', '--repair')
    expect(exitCode, stderr).toBe(1)
    expect(stderr).toContain('ENOSPC')
    expect((await host.vethra('doctor')).stdout).not.toMatch(/^error: /m)
    expect((await host.snapshot()).files.filter((file) => /results\/./.test(file))).toEqual([])
  })

  it.each<[readonly string[]]>([
    [['version']],
    [['--help']],
    [['network', 'ls']],
    [['network', 'ls', '--format', 'json']],
    [['doctor']],
    [['completion', 'bash']],
    [['container', 'ls']],
    [['ipam', 'ls', '--format', 'json']],
    [['cni', 'add', '--dry-run', 'lan', blue]],
  ])('is said for %j', async (args) => {
    await host.vethra('network', 'create', 'lan')
    await failed(args, [])
  })

  it('is said by a plugin, too', async () => {
    const env = { CNI_COMMAND: 'VERSION' }
    const argv = ['sh', '-c', 'exec "$@" >/dev/full', 'sh', executable, 'plugin', 'host-local']
    const { exitCode, stderr } = await host.run(argv, { env, input: '{"cniVersion":"1.0.0"}' })
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^error: .*\n.*ENOSPC/)])
  })

  it('standard error that cannot be written stops nothing', async () => {
    const argv = ['sh', '-c', 'exec "$@" 2>/dev/full', 'sh', executable]
    const flags = ['--ipam-driver', 'dhcp', 'lan']
    expect((await host.run([...argv, 'network', 'create', ...flags])).exitCode).toBe(0)
    expect((await host.run([...argv, 'network', 'create', 'lan'])).exitCode).toBe(1)
  })

  it('a listing that its reader leaves is no failure, and events end', async () => {
    const daemon = await startDaemon(host)
    try {
      const follow = [executable, '--socket', daemon.socket, 'events', '--since', '0']
      const script = 'timeout 60 "$@" | head -n 1'
      const started = host.run(['bash', '--norc', '-o', 'pipefail', '-c', script, 'sh', ...follow])
      for (const name of ['a1', 'a2', 'a3']) {
        await daemon.ask('/networks', { method: 'POST', body: { Name: name } })
      }
      expect(await started).toMatchObject({ exitCode: 0, stderr: '' })
    } finally {
      await daemon.end()
    }
  })
})
