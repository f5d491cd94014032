import { describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'

describe.skipIf(needsRoot !== undefined)('in namespaces of their own', () => {
  // A namespace is called by the process that lives in it, and by a file descriptor: paths that say nothing of it.
  const setUp = `
    const { spawn, execFileSync } = await import('node:child_process')
    const { openSync } = await import('node:fs')
    const facts = host.namespaceFacts()
    const ip = (...args) => execFileSync('ip', args)
    const sleeper = spawn('unshare', ['-n', 'sh', '-c', 'echo; exec sleep 20'])
    await new Promise((resolve) => sleeper.stdout.once('data', resolve))
    const path = '/proc/' + sleeper.pid + '/ns/net'
    const other = '/proc/' + process.pid + '/fd/' + openSync(path, 'r')
    ip('link', 'add', 'br0', 'type', 'bridge')
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(sleeper.pid))`

  it('hasLink knows an interface by its name alone, on every kind of path', () => {
    const program = `${setUp}
      const found = []
      for (const each of [path, other]) {
        for (const name of ['eth0', 'lo', 'eth', 'v0', 'br0', 'a-name-too-long-for-one']) {
          if (await facts.hasLink(each, name)) found.push(name)
        }
      }
      sleeper.kill()
      return [found, await facts.hasLink('/nowhere', 'lo')]`
    expect(inNamespace('', program)).toEqual([['eth0', 'lo', 'eth0', 'lo'], false])
  })

  it('linkAt describes an interface, and the bridge that its other end is a port of', () => {
    const program = `${setUp}
      const seen = [await facts.linkAt(path, 'eth0')]
      ip('link', 'set', 'v0', 'master', 'br0')
      seen.push(await facts.linkAt(other, 'eth0'), await facts.linkAt(path, 'lo'), await facts.linkAt(path, 'eth1') ?? null)
      execFileSync('nsenter', ['--net=' + path, 'ip', 'link', 'property', 'add', 'dev', 'eth0', 'altname', 'eth7'])
      seen.push(await facts.linkAt(path, 'eth7'))
      sleeper.kill()
      return seen`
    const mac = expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    expect(inNamespace('', program)).toEqual([
      { kind: 'veth', mac, otherEnd: expect.any(String), bridge: '' },
      { kind: 'veth', mac, otherEnd: 'v0', bridge: 'br0' },
      { kind: '', mac: '00:00:00:00:00:00' },
      null,
      { kind: 'veth', mac, otherEnd: 'v0', bridge: 'br0', isAlias: true },
    ])
  })

  it('linksIn lists all interfaces, with their addresses, and whether their other part is elsewhere', () => {
    const program = `${setUp}
      const inside = (...args) => execFileSync('nsenter', ['--net=' + path, 'ip', ...args])
      inside('addr', 'add', '10.4.1.2/24', 'dev', 'eth0')
      inside('link', 'add', 'mv', 'link', 'eth0', 'type', 'macvlan')
      const seen = await facts.linksIn(path)
      sleeper.kill()
      return [...seen, ...(await facts.linksIn('/nowhere'))]`
    const mac = expect.any(String)
    const [addresses, leadsOut] = [[], false]
    expect(inNamespace('', program)).toEqual([
      { name: 'lo', kind: '', mac, addresses, leadsOut },
      { name: 'eth0', kind: 'veth', mac, addresses: ['10.4.1.2'], leadsOut: true },
      { name: 'mv', kind: 'macvlan', mac, addresses, leadsOut },
    ])
  })
})
