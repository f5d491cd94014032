import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { type RunningDaemon, startDaemon } from './running-daemon.ts'

const post = 'POST /networks HTTP/1.1\r\nhost: v\r\ncontent-type: application/json\r\n'
const get = 'GET /version HTTP/1.1\r\nhost: v\r\n\r\n'

describeOnHost('a request that is half-sent', () => {
  let host: Host
  let daemon: RunningDaemon

  beforeAll(async () => {
    host = await openHost()
    daemon = await startDaemon(host)
  })

  afterAll(async () => {
    await daemon?.end()
    await host?.close()
  })

  /** The statuses that the daemon answers on a connection that its client keeps open, and the seconds until it is closed; at most `mostMs`. */
  const open = (
    bytes: string,
    { later = '', mostMs = 60_000 } = {},
  ): Promise<{ statuses: readonly string[]; seconds: number }> =>
    new Promise((resolve) => {
      const begun = performance.now()
      const socket = connect(daemon.socket, () => socket.write(bytes))
      let text = ''
      setTimeout(() => socket.write(later), 500)
      const end = () => {
        clearTimeout(timer)
        socket.destroy()
        const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code = '']) => code)
        resolve({ statuses, seconds: (performance.now() - begun) / 1000 })
      }
      const timer = setTimeout(end, mostMs)
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.once('error', end)
      socket.once('close', end)
    })

  it('is answered, and its connection ends, unless it reads events', async () => {
    const cases = [
      ['a head', 'GET /version HTTP/1.1\r\nhost: v', ['408'], 5],
      ['a body', `${post}content-length: 9\r\n\r\n{"Na`, ['408'], 10],
      ['a body in chunks', `${post}transfer-encoding: chunked\r\n\r\n4\r\n{"Na\r\n`, ['408'], 10],
      ['nothing', '', [], 15],
      ['nothing behind a request', get, ['200'], 15],
      ['a reader of events', 'GET /events HTTP/1.1\r\nhost: v\r\n\r\n', ['200'], 18],
    ] as const
    const second = open(get, { later: 'GET /version HTTP/1.1\r\n' })
    const seen = await Promise.all(
      cases.map(([, bytes, , after]) => open(bytes, after === 18 ? { mostMs: 18_000 } : {})),
    )
    for (const [index, [name, , statuses, after]] of cases.entries()) {
      expect(seen[index]?.statuses, name).toEqual(statuses)
      expect(seen[index]?.seconds, name).toBeGreaterThan(after - 0.5)
      expect(seen[index]?.seconds, name).toBeLessThan(after + 4.9)
    }
    expect(await second).toMatchObject({ statuses: ['200', '408'] })
    expect((await daemon.ask('/version')).status).toBe(200)
  })
})
