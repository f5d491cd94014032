import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { beHostile } from './hostile-requests.ts'
import { type RunningDaemon, startDaemon, until } from './running-daemon.ts'

// scripts/soak-daemon.ts sends 10,000.
const count = Number(process.env['VETHRA_TEST_HOSTILE_REQUESTS'] ?? 400)

describeOnHost('hostile requests', () => {
  let host: Host
  let daemon: RunningDaemon

  beforeAll(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
    daemon = await startDaemon(host, '--log-level', 'error')
  })

  afterAll(async () => {
    await daemon?.end()
    await host?.close()
  })

  const measured = async (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await daemon.ask('/metrics')).text)?.[1])

  it('are answered with problems, and nothing of them is left', async () => {
    const networks = (await daemon.ask('/networks')).text
    const descriptors = await measured('process_open_fds')
    const { sent, statuses, faults } = await beHostile(daemon.socket, {
      count,
      connections: 64,
      seed: 1,
    })
    expect(faults).toEqual([])
    expect(sent).toBe(count)
    expect(Object.keys(statuses)).toEqual(
      expect.arrayContaining(['400', '404', '405', '413', '415']),
    )
    expect((await daemon.ask('/networks')).text).toBe(networks)
    await until(async () => (await measured('process_open_fds')) <= descriptors + 1)
    await until(async () => (await measured('vethra_event_readers')) === 0)
    expect(await daemon.log()).toBe('')
  })

  it('that are thousands on one connection, with answers unread, hold up nobody', async () => {
    const socket = connect(daemon.socket)
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined).pause()
    const requests = 'GET /openapi.json HTTP/1.1\r\nhost: v\r\n\r\n'.repeat(20_000)
    const begun = performance.now()
    await new Promise((resolve) => socket.write(requests, resolve))
    expect((await daemon.ask('/version')).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(30_000)
    socket.resume()
    await ended
    expect((await daemon.ask('/version')).status).toBe(200)
  })
})
