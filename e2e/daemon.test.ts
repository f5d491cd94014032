import { existsSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { dataOf, type RunningDaemon, startDaemon, until } from './running-daemon.ts'

describeOnHost('the routes of the daemon', () => {
  let host: Host
  let daemon: RunningDaemon
  let web: string

  beforeAll(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    daemon = await startDaemon(host, '--log-level', 'debug')
    await host.vethra('network', 'create', 'front')
    const bundle = await host.bundle(web, ['sleep', '600'])
    const flags = ['--id', web, '--name', 'shop', '--network', 'front']
    await host.vethra('bundle', 'prepare', bundle, ...flags)
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
  })

  afterAll(async () => {
    await daemon?.end()
    await host?.close()
  })

  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await host.vethra(...args)).stdout)

  it('give the objects that the commands print', async () => {
    const get = async (path: string) => (await daemon.ask(path)).json
    expect(await get('/networks')).toEqual(await json('network', 'ls', '--format', 'json'))
    expect([await get('/networks/front')]).toEqual(await json('network', 'inspect', 'front'))
    const native = await json('network', 'inspect', '--mode', 'native', 'front')
    expect([await get('/networks/front?mode=native')]).toEqual(native)
    expect(await get('/containers')).toEqual(await json('container', 'ls', '--format', 'json'))
    expect(await get(`/containers/${web}`)).toEqual(await json('container', 'inspect', web))
    expect(await get('/containers/shop')).toEqual(await json('container', 'inspect', 'shop'))
    expect(await get('/reservations')).toEqual(await json('ipam', 'ls', '--format', 'json'))
    expect(await get('/findings')).toEqual(await json('doctor', '--format', 'json'))
    expect(await get('/attachments?network=front')).toMatchObject([
      { Network: 'front', ContainerID: `default-${web}`, Interface: 'eth0', Ours: true },
    ])
    expect(await get('/networks?namespace=other')).toEqual(
      await json('network', 'ls', '--namespace', 'other', '--format', 'json'),
    )
  })

  it('create, connect, disconnect, remove and prune', async () => {
    const post = (path: string, body: unknown) => daemon.ask(path, { method: 'POST', body })
    const created = await post('/networks', { Name: 'back', Labels: { team: 'web' } })
    expect(created).toMatchObject({ status: 201, json: { Name: 'back', Notes: [] } })
    expect(await post('/networks', { Name: 'back' })).toMatchObject({
      status: 409,
      type: 'application/problem+json',
      json: { code: 102, status: 409, hint: expect.stringMatching(/./) },
    })
    expect(await json('network', 'ls', '--filter', 'label=team=web', '--format', 'json')).toEqual([
      expect.objectContaining({ ID: (created.json as { ID: string }).ID }),
    ])
    const links = async () => (await host.runc('exec', web, 'ip', 'link')).stdout
    const connected = await post('/networks/back/connect', { Container: 'shop', IP: '10.4.2.9' })
    expect(connected).toMatchObject({ status: 204, text: '' })
    expect(await links()).toMatch(/eth1/)
    expect(await daemon.log()).toMatch(/"level":"debug".*ADD of back \d+ ms/)
    expect((await daemon.ask('/reservations?network=back')).json).toMatchObject([
      { Address: '10.4.2.9', ContainerID: `default-${web}` },
    ])
    expect((await daemon.ask('/networks/back', { method: 'DELETE' })).status).toBe(409)
    expect(await post('/networks/back/disconnect', { Container: web })).toMatchObject({
      status: 204,
    })
    expect(await links()).not.toMatch(/eth1/)
    expect((await daemon.ask('/networks/back', { method: 'DELETE' })).status).toBe(204)
    await post('/networks', { Name: 'unused' })
    expect(await post('/networks/prune', undefined)).toMatchObject({ json: ['unused'] })
    expect((await daemon.ask(`/containers/${web}`, { method: 'DELETE' })).status).toBe(409)
    const told = (await daemon.events()).map(({ Type }) => Type)
    expect(told.filter((type) => /^(network|container)-/.test(type))).toEqual([
      'network-created',
      'container-attached',
      'network-created',
      'container-attached',
      'container-connected',
      'container-detached',
      'container-disconnected',
      'network-removed',
      'network-created',
      'network-removed',
    ])
  })

  it('give back an address that is held by nobody', async () => {
    const file = '/var/lib/cni/networks/front/10.4.1.77'
    await host.run(['sh', '-c', `printf 'nobody\\r\\neth0' >${file}`])
    const path = '/reservations/front?ip=10.4.1.77'
    const freed = await daemon.ask(path, { method: 'DELETE' })
    expect([freed.status, freed.json]).toEqual([200, ['10.4.1.77']])
    expect((await daemon.ask(path, { method: 'DELETE' })).status).toBe(404)
  })

  it('tell of health, version, metrics and what is to be repaired', async () => {
    await until(async () => (await daemon.ask('/health')).status === 200)
    expect((await daemon.ask('/version')).json).toMatchObject({
      Version: (await host.vethra('version')).stdout,
      Pid: daemon.pid,
    })
    const metrics = (await daemon.ask('/metrics')).text
    expect(metrics).toMatch(/^vethra_containers\{state="running"\} 1$/m)
    expect(metrics).toMatch(/^vethra_looks_total\{outcome="done"\} [1-9]/m)
    expect(metrics).not.toMatch(/outcome="failed"/)
    const dry = await daemon.ask('/repair', { method: 'POST', body: { DryRun: true } })
    expect([dry.status, dry.json]).toEqual([200, []])
    const repaired = await daemon.ask('/repair', { method: 'POST', body: {} })
    expect([repaired.status, repaired.json]).toEqual([200, []])
  })

  it('feed vethra events and vethra top', async () => {
    const flags = ['--socket', daemon.socket]
    const told = await host.vethra('events', ...flags, '--since', '0', '--no-follow')
    expect(told.stdout).toMatch(/^\d{4}-\S+Z daemon-started daemon \d+ started$/m)
    const lines = await host.vethra(
      ...['events', ...flags, '--since', '0', '--no-follow', '--format', 'json'],
    )
    expect(lines.stdout.split('\n').map((line) => JSON.parse(line))).toEqual(await daemon.events())
    const pinging = host.runc(
      'exec',
      web,
      'ping',
      '-c',
      '20',
      '-i',
      '0.1',
      '-s',
      '1000',
      '10.4.1.1',
    )
    const top = await host.vethra('top', ...flags)
    await pinging
    expect(top).toMatchObject({ exitCode: 0, stderr: '' })
    expect(top.stdout).toMatch(/^front +bridge +1 +\d+\.\d kB\/s +\d+\.\d kB\/s$/m)
    expect(top.stdout).toMatch(/ shop +running +front +10\.4\.1\.\d+\/24 +\d+\.\d kB\/s/m)
  })
})

describeOnHost('vethra daemon', () => {
  let host: Host
  let daemons: RunningDaemon[]

  beforeEach(async () => {
    host = await openHost()
    daemons = []
  })

  afterEach(async () => {
    for (const daemon of daemons) await daemon.end('SIGKILL')
    await host.close()
  })

  const start = async (...flags: readonly string[]) => {
    const daemon = await startDaemon(host, ...flags)
    daemons.push(daemon)
    return daemon
  }

  it('listens where only root and its group may, and leaves nothing when it stops', async () => {
    const daemon = await start()
    expect((await stat(daemon.socket)).mode & 0o777).toBe(0o660)
    expect(await stat(daemon.socket)).toMatchObject({ uid: 0, gid: 0 })
    // It hears of changes by sockets, and runs no program for it.
    const children = `/proc/${daemon.pid}/task/${daemon.pid}/children`
    await until(async () => (await readFile(children, 'utf8')) === '')
    const before = await host.snapshot()
    const slow = daemon.ask('/findings')
    const stream = daemon.ask('/events')
    await until(async () => /event_readers 1/.test((await daemon.ask('/metrics')).text))
    await daemon.end()
    expect((await slow).status).toBe(200)
    expect(dataOf((await stream).text).map(({ Type }) => Type)).toContain('daemon-stopping')
    await expect(stat(daemon.socket)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await daemon.log()).toMatch(/"msg":"stopped"/)
    // Commands know its resolver by a file.
    const files = before.files.filter((each) => !each.startsWith('/run/vethra/dns/'))
    expect(await host.snapshot()).toEqual({ ...before, files })
  })

  it('looks at the host at SIGHUP, and goes on', async () => {
    const daemon = await start('--reconcile-interval', '3600')
    const looks = async () =>
      Number(
        /^vethra_looks_total{outcome="done"} (\d+)/m.exec((await daemon.ask('/metrics')).text)?.[1],
      )
    await until(async () => (await looks()) === 1)
    for (let each = 0; each < 50; each += 1) process.kill(daemon.pid, 'SIGHUP')
    await until(async () => (await looks()) === 2)
    expect((await daemon.ask('/version')).status).toBe(200)
  })

  it('is one on a data store, and says which process the other is', async () => {
    const daemon = await start()
    const second = await host.vethra('daemon', '--socket', join(host.folder, 'other.sock'))
    expect(second).toMatchObject({ exitCode: 1 })
    expect(second.stderr).toMatch(
      new RegExp(`/var/lib/vethra/\\w{8}.* process ${daemon.pid} .*code 102`),
    )
    const third = await host.vethra(
      ...['daemon', '--data-root', '/var/lib/third', '--socket', daemon.socket],
    )
    expect(third).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('code 102') })
    expect(third.stderr).toContain(daemon.socket)
    await daemon.end('SIGKILL')
    await start()
  })

  it('vethra events goes on when the daemon comes back, and misses nothing', async () => {
    const first = await start()
    const told = join(host.folder, 'told')
    const script = `"$@" >${told} 2>&1 </dev/null & echo $!`
    const command = [executable, 'events', '--socket', first.socket, '--format', '{{.Type}}']
    const { stdout } = await host.run(['sh', '-c', script, 'sh', ...command, '--since', '0'])
    const lines = async () => (await readFile(told, 'utf8')).trim().split('\n')
    await until(async () => (await lines()).includes('daemon-started'))
    await first.end()
    await start()
    const starts = async () => (await lines()).filter((type) => type === 'daemon-started')
    await until(async () => (await starts()).length === 2)
    process.kill(Number(stdout))
    expect(await lines()).toEqual(expect.arrayContaining(['daemon-stopping', 'daemon-started']))
    expect((await lines()).filter((type) => type === 'daemon-stopping')).toHaveLength(1)
  })

  it('replaces a socket that a killed one left, and nothing else', async () => {
    await (await start()).end('SIGKILL')
    const again = await start()
    expect((await again.ask('/version')).status).toBe(200)
    await again.end()
    await writeFile(again.socket, 'a file')
    const refused = await host.vethra('daemon', '--socket', again.socket)
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('code 102') })
    expect(await readFile(again.socket, 'utf8')).toBe('a file')
  })

  it('makes its socket again at its next look where somebody has removed it', async () => {
    const daemon = await start()
    await rm(daemon.socket)
    await host.run(['ip', 'link', 'add', 'changed0', 'type', 'dummy'])
    await until(async () => (await daemon.ask('/version').catch(() => undefined))?.status === 200)
    await daemon.end()
    expect(existsSync(daemon.socket)).toBe(false)
  })

  it('refuses arguments and settings that are wrong', async () => {
    expect(await host.vethra('daemon', 'extra')).toMatchObject({ exitCode: 2 })
    expect(await host.vethra('daemon', '--reconcile-interval', '0.1')).toMatchObject({
      exitCode: 2,
    })
    expect((await host.vethra('daemon', '--help')).stdout).toMatch(/^Usage: vethra daemon/)
  })

  it('vethra top reports a missing daemon, and the command that starts it', async () => {
    const ran = await host.vethra('top')
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ran.stderr).toMatch(/\/run\/vethra\/vethra\.sock.*code 101/)
    expect(ran.stderr).toContain('systemctl start vethra')
  })
})
