import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable } from './host.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('vethra cni passes on', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.record('rec')
  })
  afterEach(() => cni.close())

  const run = (operation: string, env = {}) =>
    cni.vethra(['cni', operation, 'lan', blue.netns], env)

  it('SPEC 3, "Deriving runtimeConfig" (case 34): bandwidth to whom it may concern, on ADD, CHECK and DEL', async () => {
    const plugins = [
      { type: 'rec', capabilities: { bandwidth: true, mac: false } },
      { type: 'rec', capabilities: {} },
    ]
    await cni.conf('10-lan.conflist', { cniVersion: '1.0.0', name: 'lan', plugins })
    const bandwidth = { ingressRate: 1000000, ingressBurst: 2147483647, egressRate: 8 }
    await run('add', {
      CAP_ARGS: JSON.stringify({ bandwidth, mac: '00:11:22:33:44:55', other: 1 }),
    })
    await run('check')
    await run('del')
    const seen = (await cni.calls()).map(({ request }) => request['runtimeConfig'])
    expect(seen).toEqual([
      { bandwidth },
      undefined,
      { bandwidth },
      undefined,
      undefined,
      { bandwidth },
    ])
  })

  it("bandwidth to Debian's plugin, which shapes the interface", async () => {
    const list = bridgeList('1.0.0', [{ type: 'bandwidth', capabilities: { bandwidth: true } }])
    await cni.conf('10-lan.conflist', list)
    const bandwidth = { ingressRate: 1000000, ingressBurst: 1000000 }
    const added = await run('add', { CAP_ARGS: JSON.stringify({ bandwidth }) })
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await cni.host.run(['tc', 'qdisc'])).stdout).toMatch(/qdisc tbf .* rate 1Mbit/)
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('unknown plugins and keys, integers and the order of keys as they were written', async () => {
    const plugin = '{"zz":12345678901234567890, "type":"rec", "1":1.50, "nested":{"b":1,"a":"<&>"}}'
    await cni.conf('10-lan.conflist', `{"cniVersion":"1.0.0","name":"lan","plugins":[${plugin}]}`)
    await cni.record('rec', `printf '%s' "$request" > ${cni.host.folder}/request`)
    await run('add')
    expect(await readFile(`${cni.host.folder}/request`, 'utf8')).toBe(
      '{"cniVersion":"1.0.0","name":"lan","zz":12345678901234567890,"type":"rec","1":1.50,"nested":{"b":1,"a":"<&>"}}',
    )
  })

  it('SPEC 2, "CNI_ARGS" (case 58): the pairs in order, all six variables, and the environment', async () => {
    await cni.conf('10-lan.conflist', { name: 'lan', plugins: [{ type: 'rec' }] })
    await run('add', { CNI_ARGS: 'KEY1=VALUE1;KEY2=VALUE2', CNI_IFNAME: 'net1', OTHER: 'seen' })
    const [call] = await cni.calls()
    expect(call?.env).toMatchObject({
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: blue.id,
      CNI_NETNS: blue.netns,
      CNI_IFNAME: 'net1',
      CNI_ARGS: 'KEY1=VALUE1;KEY2=VALUE2',
      CNI_PATH: expect.stringContaining('/plugins'),
      OTHER: 'seen',
    })
    expect(call?.request).toEqual({ cniVersion: '', name: 'lan', type: 'rec' })
  })

  it('W3C trace context: TRACEPARENT, TRACESTATE and BAGGAGE reach plugins', async () => {
    await cni.conf('10-lan.conflist', {
      cniVersion: '1.0.0',
      name: 'lan',
      plugins: [{ type: 'rec' }],
    })
    const trace = {
      TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      TRACESTATE: 'congo=t61rcWkgMzE',
      BAGGAGE: 'userId=alice',
    }
    await run('add', trace)
    await run('del', trace)
    for (const { env } of await cni.calls()) expect(env).toMatchObject(trace)
  })

  it('SPEC 4, "Plugin Delegation" (case 107): the operation, not what stands in our own environment', async () => {
    await cni.record('ipam-rec')
    const bridge = { type: 'bridge', bridge: 'cni0', ipam: { type: 'ipam-rec', own: 1 } }
    await cni.conf('10-lan.conflist', { cniVersion: '1.0.0', name: 'lan', plugins: [bridge] })
    const mine = { CNI_COMMAND: 'NOPE', CNI_CONTAINERID: 'other', CNI_NETNS: '/nowhere' }
    const given = { ...mine, CNI_IFNAME: 'net1', CNI_ARGS: 'IgnoreUnknown=1;A=B' }
    for (const operation of ['add', 'check', 'del']) {
      expect(await run(operation, given)).toMatchObject({ exitCode: 0, stderr: '' })
    }
    expect(await cni.ran()).toEqual(['ADD ipam-rec', 'CHECK ipam-rec', 'DEL ipam-rec'])
    for (const { env, request } of await cni.calls()) {
      expect(env).toMatchObject({
        CNI_IFNAME: 'net1',
        CNI_ARGS: 'IgnoreUnknown=1;A=B',
        CNI_CONTAINERID: blue.id,
        CNI_PATH: expect.stringContaining('/plugins'),
      })
      expect(request).toMatchObject({ name: 'lan', type: 'bridge', ipam: { own: 1 } })
    }
  })

  it('numbers that JavaScript has not: from CAP_ARGS to plugins, of results to standard output, CHECK and DEL, and in dry runs', async () => {
    const big = '{"big":18446744073709551615,"one":1.0,"zero":-0}'
    const result = `{"cniVersion":"1.0.0","ips":[{"address":"10.98.0.2/24"}],"own":${big}}`
    const plugin = `{"type":"rec","conf":${big},"capabilities":{"cap":true}}`
    await cni.conf('10-lan.conflist', `{"cniVersion":"1.0.0","name":"lan","plugins":[${plugin}]}`)
    const requests = `${cni.host.folder}/requests`
    await cni.record(
      'rec',
      `printf '%s\\n' "$request" >> ${requests}; [ "$CNI_COMMAND" = ADD ] && { printf '%s' '${result}'; exit 0; }`,
    )
    const env = { CAP_ARGS: `{"cap":${big}}` }
    const flat = (text: string) => text.replaceAll(/\s/g, '')
    const dry = await cni.vethra(['cni', 'add', '--dry-run', 'lan', blue.netns], env)
    expect(flat(dry.stdout)).toContain(`"conf":${big}`)
    expect(flat(dry.stdout)).toContain(`"runtimeConfig":{"cap":${big}}`)
    expect(flat((await run('add', env)).stdout)).toBe(result)
    expect((await run('check')).exitCode).toBe(0)
    expect((await run('del')).exitCode).toBe(0)
    const [add = '', check = '', del = ''] = (await readFile(requests, 'utf8')).split('\n')
    expect(add).toContain(`"runtimeConfig":{"cap":${big}}`)
    for (const each of [check, del]) {
      expect(each).toContain(`"own":${big}`)
      expect(each).toContain(`"runtimeConfig":{"cap":${big}}`)
    }
    const native = await cni.vethra(['network', 'inspect', '--mode', 'native', 'lan'])
    expect(flat(native.stdout)).toContain(`"conf":${big}`)
  })

  it('the root as working directory, whichever the caller is in', async () => {
    await cni.record('rec', 'case $CNI_COMMAND in ADD | DEL) pwd >>/run/pwd ;; esac')
    await cni.conf('10-lan.conflist', {
      cniVersion: '1.0.0',
      name: 'lan',
      plugins: [{ type: 'rec' }],
    })
    for (const operation of ['add', 'del']) {
      const argv = [executable, 'cni', operation, 'lan', blue.netns]
      const ran = await cni.host.run(argv, { env: cni.path, cwd: cni.host.folder })
      expect(ran).toMatchObject({ exitCode: 0 })
    }
    expect((await cni.host.run(['cat', '/run/pwd'])).stdout).toBe('/\n/')
  })

  it('what a plugin that succeeds writes on standard error, as libcni does', async () => {
    await cni.record('rec', 'echo a word of warning >&2')
    await cni.conf('10-lan.conflist', {
      cniVersion: '1.0.0',
      name: 'lan',
      plugins: [{ type: 'rec' }],
    })
    const added = await run('add')
    expect(added).toMatchObject({ exitCode: 0, stderr: 'plugin "rec": a word of warning' })
    expect(JSON.parse(added.stdout)).toMatchObject({ ips: [{ address: '10.98.0.2/24' }] })
    const ran = await cni.vethra(['--log-level', 'debug', 'cni', 'del', 'lan', blue.netns])
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(/debug: DEL .*\/rec \d+ ms, exit status 0: a word of warning/)
  })

  it('an attachment to a container that joins the namespace by its path', async () => {
    await cni.conf('10-lan.conflist', bridgeList('1.0.0'))
    await run('add')
    const id = `joins-${cni.host.tag}`
    const bundle = await cni.host.bundle(id, ['sleep', '600'])
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    for (const each of config.linux.namespaces) {
      if (each.type === 'network') each.path = blue.netns
    }
    await writeFile(`${bundle}/config.json`, JSON.stringify(config))
    expect(await cni.host.start(bundle, id)).toMatchObject({ exitCode: 0 })
    const inside = await cni.host.runc('exec', id, 'ip', 'addr')
    expect(inside.stdout).toMatch(/eth0@.*[\s\S]*inet 10\.22\.0\.2\/24/)
    expect(inside.stdout).toMatch(/lo: <LOOPBACK,UP/)
    const ping = await cni.host.runc('exec', id, 'ping', '-c', '1', '-W', '2', '10.22.0.1')
    expect(ping.stdout).toMatch(/1 packets received/)
    await cni.host.stop(id)
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })
})
