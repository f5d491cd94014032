import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, renameSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { askSocket, until } from './running-daemon.ts'

const bun = fileURLToPath(new URL('../node_modules/.bin/bun', import.meta.url))
const receiver = new URL('../packages/adapters/systemd/test/receive-in-bun.ts', import.meta.url)
  .href

/** Prints each datagram that comes to a socket, as a line of JSON. */
const listening = `
  import { receiveInBun } from ${JSON.stringify(receiver)}
  const { take } = receiveInBun(process.argv.at(-1))
  console.log('listening')
  setInterval(() => { for (const text of take()) console.log(JSON.stringify(text)) }, 20)`

describeOnHost('under systemd', () => {
  let host: Host
  let ended: (() => void)[]

  beforeEach(async () => {
    host = await openHost()
    ended = []
  })

  afterEach(async () => {
    for (const end of ended) end()
    await host.close()
  })

  /** The socket of a unit: made, and listening, before there is a service. What is left here is closed, so that the service alone accepts. */
  async function handOver<T>(path: string, use: (descriptor: number) => T): Promise<T> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(`${path}.new`, resolve))
    // Closing would remove the path that it was made at.
    renameSync(`${path}.new`, path)
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle
    const used = use(fd)
    server.close()
    return used
  }

  it('takes the socket that it is handed, and tells when it is ready, alive and stopping', async () => {
    const socket = join(host.folder, 'v.sock')
    const notify = join(host.folder, 'notify')
    const told: string[] = []
    const hearing = spawn(bun, ['-e', listening, notify], { stdio: ['ignore', 'pipe', 'inherit'] })
    ended.push(() => hearing.kill('SIGKILL'))
    hearing.stdout.setEncoding('utf8').on('data', (text: string) => {
      told.push(...text.trim().split('\n'))
    })
    await once(hearing.stdout, 'data')

    const script = 'export LISTEN_PID=$$; exec "$0" daemon --socket /nowhere/else.sock'
    const service = await handOver(socket, (descriptor) =>
      spawn('nsenter', [...host.enter, '--', 'sh', '-c', script, executable], {
        stdio: ['ignore', 'inherit', 'ignore', descriptor],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          LISTEN_FDS: '1',
          NOTIFY_SOCKET: notify,
          WATCHDOG_USEC: '400000',
        },
      }),
    )
    ended.push(() => service.kill('SIGKILL'))
    // It is not up yet: the request waits in the socket.
    const early = askSocket(socket, '/version')
    expect((await early).json).toMatchObject({ Pid: service.pid })
    await until(async () => told.filter((text) => text === '"WATCHDOG=1"').length > 2)
    expect(told.slice(0, 3)).toEqual(['listening', '"READY=1"', '"WATCHDOG=1"'])
    expect((await host.run(['ls', '/nowhere'])).exitCode).not.toBe(0)

    const exit = once(service, 'exit')
    service.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    await until(async () => told.includes('"STOPPING=1"'))
    expect(told.at(-1)).toBe('"STOPPING=1"')
    // It is systemd's, which goes on listening.
    expect(existsSync(socket)).toBe(true)
  })

  it('leaves alone what another process is handed', async () => {
    const socket = join(host.folder, 'v.sock')
    const script = `export LISTEN_PID=1 LISTEN_FDS=1; exec "$0" daemon --socket ${socket} </dev/null`
    const service = spawn('nsenter', [...host.enter, '--', 'sh', '-c', script, executable], {
      stdio: 'ignore',
    })
    ended.push(() => service.kill('SIGKILL'))
    await until(async () => existsSync(socket))
    expect((await askSocket(socket, '/version')).status).toBe(200)
    const exit = once(service, 'exit')
    service.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    expect(existsSync(socket)).toBe(false)
  })
})
