import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, type Ran } from './host.ts'
import { prepareServer } from './prepare-server.ts'

describeOnHost('a published port', () => {
  let host: Host
  let web: string
  let other: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    other = `other-${host.tag}`
  })

  afterEach(async () => {
    await host.close()
  })

  const prepared = (id: string, ...flags: readonly string[]) => prepareServer(host, id, flags)

  async function started(id: string, ...flags: readonly string[]): Promise<void> {
    const bundle = await prepared(id, ...flags)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
  }

  // A port can be taken between prepare and start: here it is the record that comes to name it.
  async function startedOn(id: string, port: number): Promise<Ran> {
    const bundle = await prepared(id, '-p', '18999:80')
    const file = `/var/lib/vethra/1935db59/containers/default/${id}/vethra.json`
    await host.run(['sed', '-i', `s/18999/${port}/`, file])
    return host.start(bundle, id)
  }

  const sockets = async () => (await host.run(['ss', '-Hlntup'])).stdout
  const page = async (port: number, at = '127.0.0.1') =>
    await host.run(['busybox', 'timeout', '5', 'busybox', 'wget', '-O', '-', `${at}:${port}`])

  it('shows on the host as a socket, leads to the container, and goes when its process is killed', async () => {
    await host.vethra('network', 'create', 'lan', '--ipv6')
    const ports = ['0.0.0.0:8080:80', '0.0.0.0:5353:53/udp', '[fd00:9::1]:8081:80', '8082:80']
    await started(web, '--network', 'lan', ...ports.flatMap((port) => ['-p', port]))
    const shown = await sockets()
    expect(shown).toMatch(/^tcp +LISTEN .* 0\.0\.0\.0:8080 .*"vethra-ports"/m)
    expect(shown).toMatch(/^udp +UNCONN .* 0\.0\.0\.0:5353 .*"vethra-ports"/m)
    expect(shown).toMatch(/^tcp +LISTEN .* \[fd00:9::1\]:8081 .*"vethra-ports"/m)
    await expect.poll(async () => (await page(8080)).stdout).toBe(`page of ${web}`)
    // From ::1 nothing leaves the host: a client is refused, and does not hang.
    const loopback = await page(8082, '[::1]')
    expect([loopback.exitCode, loopback.stderr]).toEqual([
      1,
      expect.stringMatching(/reset|refused|response/),
    ])
    const { pid } = JSON.parse((await host.runc('state', web)).stdout)
    await host.run(['kill', '-9', String(pid)])
    await expect.poll(sockets).toBe('')
  })

  it('refuses a client, and keeps none waiting, when the rules have gone', async () => {
    await started(web, '-p', '8080:80')
    await host.run(['nft', 'flush', 'ruleset'])
    const ran = await page(8080)
    expect(ran.exitCode).toBe(1)
    expect(ran.stderr).toMatch(/Connection reset|error getting response/)
  })

  it('that a process has fails the start with its name, before any plugin runs', async () => {
    const script = 'busybox nc -l -p 18080 127.0.0.1 >/dev/null 2>&1 & echo $!'
    const pid = (await host.run(['sh', '-c', script])).stdout.trim()
    await expect.poll(sockets).toMatch(/:18080/)
    const before = await host.snapshot()
    const ran = await startedOn(web, 18080)
    expect(ran.exitCode).not.toBe(0)
    const said =
      'bind for 0.0.0.0:18080 failed: port is already allocated: tcp port held by process'
    expect(ran.stderr).toContain(`${said} busybox (pid ${pid})`)
    const { links, rules } = await host.snapshot()
    expect({ links, rules }).toEqual({ links: before.links, rules: before.rules })
    await host.run(['kill', pid])
    expect(await host.start(`${host.folder}/${web}`, web)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  })

  it('that another container has fails the start with its name until that is gone', async () => {
    await started(web, '-p', '8080:80')
    const ran = await startedOn(other, 8080)
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toContain(`tcp port held by container default-${web}`)
    expect(await sockets()).toMatch(/:8080 /)
    for (let times = 0; times < 3; times += 1) {
      expect((await host.stop(times % 2 === 0 ? web : other)).exitCode).toBe(0)
      const next = times % 2 === 0 ? other : web
      expect(await host.start(`${host.folder}/${next}`, next)).toMatchObject({ stderr: '' })
      await expect.poll(async () => (await page(8080)).stdout).toBe(`page of ${next}`)
    }
  })

  it('of a bundle that is prepared anew while it runs is its own', async () => {
    await started(web, '-p', '8080:80')
    const config = await readFile(`${host.folder}/${web}/config.json`, 'utf8')
    const anew = ['bundle', 'prepare', `${host.folder}/${web}`, '--id', web, '-p', '8080:80']
    expect(await host.vethra(...anew)).toMatchObject({ exitCode: 0, stderr: '' })
    const again = await readFile(`${host.folder}/${web}/config.json`, 'utf8')
    expect(JSON.parse(again).annotations).toEqual(JSON.parse(config).annotations)
    const taken = ['bundle', 'prepare', `${host.folder}/${web}`, '--id', other, '-p', '8080:80']
    expect(await host.vethra(...taken)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`container ${web}`),
    })
  })
})
