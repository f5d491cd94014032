import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import type { Ran } from './host.ts'
import { kitFlags, openUserHost, type RootlessKitRun, type UserHost } from './rootless-host.ts'
import { shellBlocks } from './shell-blocks.ts'

const page = await readFile(new URL('../docs/rootless.md', import.meta.url), 'utf8')

describeOnHost('as an ordinary user, under RootlessKit', () => {
  let host: UserHost
  let kit: RootlessKitRun
  let before: Ran
  let toured: Ran

  beforeAll(async () => {
    host = await openUserHost()
    before = await host.vethra('rootless', 'check', '--format', 'json')
    for (const { Status, Fix } of JSON.parse(before.stdout)) {
      // There is no sudo on the host, and the test is root.
      if (Status === 'missing') await done(host.run(['sh', '-ec', Fix.replaceAll('sudo ', '')]))
    }
    kit = await host.startRootlessKit()
    toured = await tour()
  })

  afterAll(async () => {
    await kit?.close()
    await host?.close()
  })

  // RootlessKit runs by then, with the page's flags. The network stays for the tests.
  const tour = async () => {
    const [, starting = '', ...others] = shellBlocks(page, ['Start'])
    for (const flag of kitFlags) expect(starting).toContain(flag)
    const script = `set -e; cd; PATH=${host.folder}:$PATH; exec >tour.log 2>&1 </dev/null\n${others.join('\n')}`
    const { exitCode } = await host.asUser(['bash', '--norc', '-c', script])
    return { exitCode, stdout: await readFile(`${host.home}/tour.log`, 'utf8'), stderr: '' }
  }

  const web = async (name: string, ...flags: readonly string[]) => {
    const id = `${name}-${host.tag}`
    const bundle = await host.bundle(id, ['httpd', '-f', '-p', '80', '-h', '/www'])
    await writeFile(`${bundle}/rootfs/www/index.html`, name)
    const asked = ['--id', id, '--name', name, '--network', 'lan', ...flags]
    await done(kit.vethra('bundle', 'prepare', bundle, ...asked))
    return { id, bundle, start: () => kit.start(bundle, id), stop: () => kit.stop(id) }
  }
  // From where the user is at home, outside of RootlessKit.
  const get = async (place: string) =>
    (await host.run(['busybox', 'timeout', '10', 'busybox', 'wget', '-q', '-O', '-', place])).stdout

  it('the lines of its page work to the letter', () => {
    const log = toured.stdout
    expect(toured.exitCode, log).toBe(0)
    expect(log).toContain('hello from web')
    expect(log).toMatch(/web +web +lan +10\.4\.1\.2\/24 +0\.0\.0\.0:8080->80\/tcp +running/)
    expect(log).not.toMatch(/^(error|warning): /m)
  })

  it('what is missing is named with the command that mends it, outside of RootlessKit and inside', async () => {
    const missing = ({ stdout }: Ran) =>
      JSON.parse(stdout).flatMap((each: { Status: string; Need: string }) =>
        each.Status === 'missing' ? [each.Need] : [],
      )
    expect(before.exitCode).toBe(1)
    expect(missing(before)).toEqual(['subuids', 'subgids', 'tun'])
    const after = await host.vethra('rootless', 'check', '--format', 'json')
    expect(after).toMatchObject({ exitCode: 0, stderr: '' })
    const inside = await kit.vethra('rootless', 'check')
    expect(inside).toMatchObject({ exitCode: 0, stderr: '' })
    expect(inside.stdout).toContain(`${host.home}/.config/cni/net.d`)
  })

  it('a network namespace that RootlessKit keeps for itself is gone into, from outside and from inside', async () => {
    // As --detach-netns of RootlessKit 2 leaves it; 1.1 has its child in the only one.
    const kept = `${host.runtimeDir}/rk/netns`
    await done(kit.inside(['sh', '-ec', 'touch "$0"; mount --bind /proc/self/ns/net "$0"', kept]))
    const create = ['unshare', '-n', `${host.folder}/vethra`, 'network', 'create', 'apart']
    await done(kit.inside(create))
    const conf = await readFile(`${host.home}/.config/cni/net.d/nerdctl-apart.conflist`, 'utf8')
    // By the way out, which the other namespace does not have.
    expect(JSON.parse(conf).plugins[0].mtu).toBe(65_520)
    await done(host.vethra('network', 'rm', 'apart'))
    await done(kit.inside(['sh', '-ec', 'umount "$0"; rm "$0"', kept]))
  })

  it('a published port answers outside of RootlessKit for as long as its container runs', async () => {
    const shop = await web('shop', '-p', '8080:80', '-p', '127.0.0.1:8081:80')
    await done(shop.start())
    expect(await get('http://127.0.0.1:8080/')).toBe('shop')
    const peer = await web('peer')
    await done(peer.start())
    expect((await kit.exec(peer.id, 'wget', '-q', '-O', '-', 'http://shop/')).stdout).toBe('shop')
    await done(peer.stop())
    // Called outside of RootlessKit, the program goes on inside.
    const listed = await done(host.vethra('container', 'ls', '--format', '{{.Name}} {{.State}}'))
    expect(listed.stdout.split('\n')).toContain('shop running')
    // So it does where the session has set no variables.
    const bare = ['env', '-u', 'HOME', '-u', 'XDG_RUNTIME_DIR', `${host.folder}/vethra`]
    expect((await done(host.asUser([...bare, 'network', 'ls']))).stdout).toContain(
      `${host.home}/.config/cni/net.d/nerdctl-lan.conflist`,
    )
    expect(await get('http://127.0.0.1:8081/')).toBe('shop')
    expect((await kit.vethra('doctor')).exitCode).toBe(0)
    expect((await kit.ports()).map(({ spec }) => spec)).toEqual([
      { proto: 'tcp', parentIP: '0.0.0.0', parentPort: 8080, childPort: 8080 },
      { proto: 'tcp', parentIP: '127.0.0.1', parentPort: 8081, childPort: 8081 },
    ])
    // Without RootlessKit's API what runs is seen all the same.
    const api = `${host.runtimeDir}/rk/api.sock`
    await done(kit.inside(['mv', api, `${api}.away`]))
    const silent = await kit.vethra('doctor', '--format', 'json')
    expect(JSON.parse(silent.stdout)).toMatchObject([{ Kind: 'rootlesskit-silent' }, {}])
    expect((await done(kit.vethra('container', 'ls'))).stdout).toContain('0.0.0.0:8080->80/tcp')
    await done(kit.inside(['mv', `${api}.away`, api]))
    await done(shop.stop())
    expect(await kit.ports()).toEqual([])
    expect(await get('http://127.0.0.1:8080/')).toBe('')
  })

  it('an address of the host that RootlessKit does not have is published on all the same', async () => {
    await host.run(['ip', 'addr', 'add', '192.0.2.1/32', 'dev', 'lo'])
    const only = await web(
      'only',
      '-p',
      '192.0.2.1:8082:80',
      '-p',
      '127.0.0.2:8083:80',
      '-p',
      '[::]:8094:80',
    )
    await done(only.start())
    expect(await get('http://192.0.2.1:8082/')).toBe('only')
    expect(await get('http://127.0.0.2:8083/')).toBe('only')
    expect(await get('http://[::1]:8094/')).toBe('only')
    expect(await get('http://127.0.0.1:8082/')).toBe('')
    expect((await kit.vethra('doctor')).exitCode).toBe(0)
    expect(await kit.vethra('container', 'port', 'only')).toMatchObject({ exitCode: 0, stderr: '' })
    await done(only.stop())
  })

  it('a port that may not be opened fails the start with what to do, and leaves nothing', async () => {
    const low = await web('low', '-p', '8084:80', '-p', '80:80')
    const started = await low.start()
    expect(started.exitCode).not.toBe(0)
    expect(started.stderr).toContain('sysctl -w net.ipv4.ip_unprivileged_port_start=80')
    expect(await kit.ports()).toEqual([])
    expect((await kit.vethra('ipam', 'ls', '-q')).stdout).toBe('')
  })

  it('an annotation of bypass4netns fails the start where its daemon does not run', async () => {
    const { id, bundle } = await web('past', '-p', '8090:80')
    const file = `${bundle}/config.json`
    const config = JSON.parse(await readFile(file, 'utf8'))
    const annotations = { ...config.annotations, 'nerdctl/bypass4netns': 'true' }
    await writeFile(file, JSON.stringify({ ...config, annotations }))
    expect((await kit.start(bundle, id)).stderr).toContain('bypass4netnsd.sock')
    expect(await kit.ports()).toEqual([])
    await kit.stop(id)
  })

  it('a port that RootlessKit has lost is mended, and those of a life without an end are freed', async () => {
    const { id, bundle } = await web('lost', '-p', '8085:80')
    await done(kit.start(bundle, id))
    const [{ id: number } = { id: 0 }] = await kit.ports()
    await kit.forget(number)
    expect(await get('http://127.0.0.1:8085/')).toBe('')
    expect((await kit.vethra('doctor', '--format', 'json')).stdout).toContain('ports-unforwarded')
    await kit.vethra('doctor', '--repair')
    expect(await get('http://127.0.0.1:8085/')).toBe('lost')
    // Killed, and forgotten by runc: no hook runs.
    const runc = `${host.runtimeDir}/runc`
    const kill =
      'kill -9 $(runc --root "$0" list -q | xargs runc --root "$0" state | grep -o "[0-9]*,$" | tr -d ,)'
    await kit.inside(['sh', '-c', `${kill}; rm -r "$0"`, runc])
    expect(await kit.ports()).toHaveLength(1)
    await done(kit.start(bundle, id))
    expect((await kit.ports()).map(({ spec }) => spec['parentPort'])).toEqual([8085])
    expect(await get('http://127.0.0.1:8085/')).toBe('lost')
    await done(kit.stop(id))
    expect(await kit.ports()).toEqual([])
  })

  it('the daemon runs as the user: a socket of its own, names by DNS, and a bridge that is lost is back', async () => {
    const socket = `${host.runtimeDir}/vethra/vethra.sock`
    const start = '"$0" daemon >"$1" 2>&1 </dev/null & echo $!'
    const own = [`${host.folder}/vethra`, `${host.home}/daemon.log`]
    const { stdout: pid } = await kit.inside(['sh', '-c', start, ...own])
    const asked = async () => (await kit.vethra('top', '--once')).exitCode
    await expect.poll(asked).toBe(0)
    expect((await host.run(['stat', '-c', '%U %a', socket])).stdout).toBe('u 660')
    const { id, bundle } = await web('tended', '-p', '8096:80')
    await done(kit.start(bundle, id))
    const lookup = await kit.exec(id, 'nslookup', 'tended')
    expect(lookup.stdout).toMatch(/10\.4\.1\.1\b[\s\S]*10\.4\.1\.\d/)
    expect(await get('http://127.0.0.1:8096/')).toBe('tended')
    await done(
      kit.inside([
        'sh',
        '-c',
        'ip -o link show type bridge | sed "s/^[0-9]*: //; s/:.*//" | xargs ip link delete',
      ]),
    )
    await expect.poll(() => get('http://127.0.0.1:8096/')).toBe('tended')
    await done(kit.stop(id))
    await done(kit.inside(['kill', pid]))
    await expect.poll(asked).not.toBe(0)
    expect(await kit.ports()).toEqual([])
  })

  it('what a RootlessKit has left that was killed is healed under the next one', async () => {
    const { id, bundle } = await web('again', '-p', '8087:80')
    await done(kit.start(bundle, id))
    await kit.kill()
    kit = await host.startRootlessKit()
    await done(kit.inside(['rm', '-rf', `${host.runtimeDir}/runc`]))
    await kit.vethra('doctor', '--repair')
    expect(await kit.vethra('doctor')).toMatchObject({ exitCode: 0 })
    expect((await kit.vethra('ipam', 'ls', '--format', 'json')).stdout).toBe('[]')
    await done(kit.start(bundle, id))
    expect(await get('http://127.0.0.1:8087/')).toBe('again')
    await done(kit.stop(id))
  })

  it('a second RootlessKit of the user does not touch what the first one runs', async () => {
    const { id, bundle } = await web('first', '-p', '8089:80')
    await done(kit.start(bundle, id))
    const second = await host.startRootlessKit('second')
    expect(await second.vethra('network', 'create', 'other')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${host.runtimeDir}/rk, which runs`),
    })
    expect((await second.vethra('doctor', '--repair')).exitCode).not.toBe(0)
    await second.close()
    expect(await get('http://127.0.0.1:8089/')).toBe('first')
    await done(kit.stop(id))
    expect((await kit.vethra('ipam', 'ls', '--format', 'json')).stdout).toBe('[]')
  })

  it('the programs of Debian do the same where they are asked for', async () => {
    const { id, bundle } = await web('exec', '-p', '8088:80')
    const asked = ['--id', id, '--network', 'lan', '-p', '8088:80']
    await done(kit.vethra('--plugins', 'exec', 'bundle', 'prepare', bundle, ...asked))
    await done(kit.start(bundle, id))
    expect(await get('http://127.0.0.1:8088/')).toBe('exec')
    expect((await kit.vethra('doctor')).exitCode).toBe(0)
    await done(kit.stop(id))
  })

  it('a start that is killed before or after RootlessKit has done something is healed by what comes next', async () => {
    const { id, bundle } = await web('cut', '-p', '8086:80')
    const file = `${bundle}/config.json`
    const config = JSON.parse(await readFile(file, 'utf8'))
    const [hook] = config.hooks.createRuntime
    const steps: string[] = []
    // Before its sockets are taken a start asks RootlessKit for nothing.
    for (let step = 5; steps.filter((each) => each.includes('RootlessKit')).length < 2; step += 1) {
      const env = [...hook.env, `VETHRA_FAULT=kill:${step}`]
      const hooks = { ...config.hooks, createRuntime: [{ ...hook, env }] }
      await writeFile(file, JSON.stringify({ ...config, hooks }))
      const { stderr } = await kit.start(bundle, id)
      expect(stderr).toContain(`killed at step ${step}`)
      await kit.stop(id)
      expect(await kit.ports(), `after ${stderr}`).toEqual([])
      steps.push(stderr)
    }
    await writeFile(file, JSON.stringify(config))
    await done(kit.start(bundle, id))
    expect(await get('http://127.0.0.1:8086/')).toBe('cut')
    await done(kit.stop(id))
  })
})

async function done(ran: Promise<Ran>): Promise<Ran> {
  const outcome = await ran
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  return outcome
}
