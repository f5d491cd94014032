import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { type RunningDaemon, startDaemon } from './running-daemon.ts'

const top = join(import.meta.dirname, '..')
const inTop = (path: string) => join(top, path)
const nodeIn = (folder: string) =>
  join(top, 'node_modules', `${folder}-${process.arch}`, 'bin/node')
const runtimes = {
  'Node 22': nodeIn('node-22-linux'),
  'Node 24': nodeIn('node-linux'),
  bun: join(top, 'node_modules/bun/bin/bun.exe'),
}
// scripts/pack-check attaches under Node 22, as packed.
const attaching = Object.entries(runtimes).filter(([name]) => name !== 'Node 22')

/** By example, a part of its standard output. */
const printed = {
  'parse-conf-list': '"hostPort":8080',
  'render-resolv-conf': 'nameserver 192.0.2.53',
  'keep-hosts-file': 'db.lan',
  'allocate-addresses': 'web 10.4.0.2',
  'embed-hook': '"precreate"',
  'write-a-plugin': '{"name":"eth0","mtu":1400}',
  'follow-events': 'network-created',
  'ask-doctor': ' findings\n',
}

describeOnHost('the examples', () => {
  let host: Host
  let daemon: RunningDaemon
  beforeAll(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
    daemon = await startDaemon(host)
  })
  afterAll(async () => {
    await daemon.end()
    await host.close()
  })

  it.concurrent.each(Object.entries(runtimes))('run under %s', async (_, runtime) => {
    const prevResult = { interfaces: [{ name: 'eth0' }] }
    const conf = JSON.stringify({ cniVersion: '1.0.0', mtu: 1400, prevResult })
    const names = Object.keys(printed).join(' ')
    const env = [`EXAMPLES=${names}`, 'CNI_COMMAND=ADD']
    const output = await run([...env, runtime, inTop('e2e/run-examples.ts'), daemon.socket], conf)
    for (const text of Object.values(printed)) expect(output).toContain(text)
  })

  it.concurrent.each(attaching)(
    'attach a namespace and detach it under %s',
    async (name, runtime) => {
      const netns = name.replace(' ', '-')
      await run(['ip', 'netns', 'add', netns])
      const attach = [runtime, inTop('examples/src/attach-namespace.ts'), `/run/netns/${netns}`]
      expect(await run(attach)).toMatch(/^10\.77\.0\.\d+\/24$/)
      expect(await linksOf(netns)).toContain('eth0')
      expect(await run([...attach, 'del'])).toBe('detached')
      expect(await linksOf(netns)).toBe('')
    },
  )

  async function linksOf(netns: string): Promise<string> {
    return run(['ip', '-n', netns, '-br', 'link', 'show', 'type', 'veth'])
  }

  async function run(command: readonly string[], input = ''): Promise<string> {
    const { exitCode, stdout, stderr } = await host.run(['env', ...command], { input })
    expect([command, exitCode, stderr]).toEqual([command, 0, expect.not.stringMatching(/Error/)])
    return stdout
  }
})
