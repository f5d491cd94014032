// In the executable the sockets are opened by system calls and handed on: the same tests hold there.
import './port-holder.test.ts'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readlinkSync } from 'node:fs'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { portHolder } from './index.ts'

const init: ChildProcess = spawn('sleep', ['600'])
const dir = await mkdtemp(join(tmpdir(), 'holder-'))
const holder = portHolder({
  dir,
  program: [process.execPath, new URL('../test/hold-here.ts', import.meta.url).pathname],
})
const containerId = `bun-${process.pid}`
const port = 30_000 + (process.pid % 2_000)

afterAll(async () => {
  init.kill('SIGKILL')
})

it('these tests run on bun', () => {
  expect(process.versions).toHaveProperty('bun')
})

it('a published address may come to the host later, and what comes to a udp port takes no memory', async () => {
  const udp = { hostIP: '127.0.0.1', hostPort: port, containerPort: 53, protocol: 'udp' } as const
  const floating = {
    hostIP: '192.0.2.77',
    hostPort: port,
    containerPort: 80,
    protocol: 'tcp',
  } as const
  const ports = [udp, floating, { ...floating, hostIP: '2001:db8::77' }]
  await (await holder.hold({ containerId, pid: init.pid ?? 0, ports })).settled()
  const sender = createSocket('udp4')
  for (let sent = 0; sent < 50; sent += 1) {
    await new Promise((resolve) => sender.send('x'.repeat(1000), port, '127.0.0.1', resolve))
  }
  sender.close()
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const row = new RegExp(`0100007F:${hex} 00000000:0000 07 00000000:00000000 .* (\\d+)\\s*$`, 'm')
  const dropped = row.exec(await readFile('/proc/self/net/udp', 'utf8'))?.[1]
  expect(Number(dropped)).toBe(50)
  await holder.release({ containerId, ports })
})

it('a port is free for the next container while the process that held it is ending', async () => {
  const ports = [
    { hostIP: '127.0.0.1', hostPort: port + 3, containerPort: 80, protocol: 'tcp' },
  ] as const
  const hold = async (id: string, pid: number) => {
    await (await holder.hold({ containerId: id, pid, ports })).settled()
    return (await holder.list()).find((each) => each.containerId === id)?.pid ?? 0
  }
  for (let times = 0; times < 10; times += 1) {
    const gone = spawn('sleep', ['600'])
    const last = await hold(`${containerId}-gone`, gone.pid ?? 0)
    const ended = once(gone, 'exit')
    gone.kill('SIGKILL')
    await ended
    if (existsSync(`/proc/${last}`)) process.kill(last, 'SIGKILL')
    expect(await hold(containerId, init.pid ?? 0)).toBeGreaterThan(0)
    await holder.release({ containerId, ports })
  }
})

it('where too few files may be open it says so, and leaves no socket open', async () => {
  const limit = (files: number) =>
    spawnSync('prlimit', [`--pid=${process.pid}`, `--nofile=${files}:`])
  const ports = Array.from({ length: 20 }, (_, at) => ({
    ...{ hostIP: '127.0.0.1', hostPort: port + 10 + at, containerPort: 80 },
    protocol: 'tcp' as const,
  }))
  const open = (await readdir('/proc/self/fd')).map(Number)
  const free = Array.from({ length: 4096 }, (_, at) => at).filter((at) => !open.includes(at))
  limit(free[8] ?? 0)
  const held = holder.hold({ containerId: `${containerId}-many`, pid: init.pid ?? 0, ports })
  const error = await held.catch((thrown: unknown) => thrown)
  limit(4096)
  expect(error).toMatchObject({ code: 5, hint: expect.stringContaining('LimitNOFILE=') })
  const hex = (port + 10).toString(16).toUpperCase().padStart(4, '0')
  expect(await readFile('/proc/self/net/tcp', 'utf8')).not.toContain(`0100007F:${hex} `)
})

it('its process has nothing open but its sockets and the process that it waits for', async () => {
  const ports = [
    { hostIP: '127.0.0.1', hostPort: port, containerPort: 80, protocol: 'tcp' },
  ] as const
  await (await holder.hold({ containerId, pid: init.pid ?? 0, ports })).settled()
  const [held] = (await holder.list()).filter((each) => each.containerId === containerId)
  const folder = `/proc/${held?.pid}/fd`
  const targets = (await readdir(folder)).map((name) => readlinkSync(`${folder}/${name}`))
  expect(targets.filter((each) => each.startsWith('socket:'))).toHaveLength(1)
  expect(targets).toContain('anon_inode:[pidfd]')
  expect(targets.filter((each) => !/^(socket|anon_inode):|^\/dev\/null$/.test(each))).toEqual([])
  await holder.release({ containerId, ports })
})

it('its process has no capability left, in any of its threads, and can get none', async () => {
  const ports = [
    { hostIP: '127.0.0.1', hostPort: port, containerPort: 80, protocol: 'tcp' },
  ] as const
  await (await holder.hold({ containerId, pid: init.pid ?? 0, ports })).settled()
  const [held] = (await holder.list()).filter((each) => each.containerId === containerId)
  const threads = await readdir(`/proc/${held?.pid}/task`)
  for (const thread of threads) {
    const status = await readFile(`/proc/${held?.pid}/task/${thread}/status`, 'utf8')
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) {
      expect(status).toMatch(new RegExp(`^Cap${set}:\t0{16}$`, 'm'))
    }
  }
  await holder.release({ containerId, ports })
})

it('sctp is held where the kernel has it, and is an error by name where it has not', async () => {
  const ports = [
    { hostIP: '0.0.0.0', hostPort: port, containerPort: 80, protocol: 'sctp' },
  ] as const
  const held = holder.hold({ containerId, pid: init.pid ?? 0, ports })
  if (existsSync('/proc/net/sctp')) await (await held).settled()
  else {
    const message = `the kernel has no SCTP, and port 0.0.0.0:${port}/sctp is published`
    await expect(held).rejects.toMatchObject({
      code: 100,
      message,
      hint: expect.stringContaining('CONFIG_IP_SCTP'),
    })
  }
  await holder.release({ containerId, ports })
})

it('a thousand ports are held by one process, which sleeps', async () => {
  // Below all ports that the kernel, or another of these tests, gives to others.
  const ports = Array.from({ length: 1000 }, (_, index) => ({
    hostIP: `127.1.${Math.floor(process.pid / 250) % 250}.${(process.pid % 250) + 1}`,
    hostPort: 18_000 + index,
    containerPort: 80,
    protocol: 'tcp' as const,
  }))
  await (await holder.hold({ containerId, pid: init.pid ?? 0, ports })).settled()
  const [held] = (await holder.list()).filter((each) => each.containerId === containerId)
  expect(held?.sockets).toHaveLength(1000)
  const ticks = async () =>
    (await readFile(`/proc/${held?.pid}/stat`, 'utf8')).split(' ').slice(13, 15)
  const ticksInHalfASecond = async () => {
    const before = await ticks()
    await Bun.sleep(500)
    return (await ticks()).map((each, index) => Number(each) - Number(before[index]))
  }
  // Starting has its threads busy for a moment.
  await expect.poll(ticksInHalfASecond).toEqual([0, 0])
  await holder.release({ containerId, ports })
})

it('a process that waits for its holder sleeps', () => {
  const program = `
    import { openerInBun } from ${JSON.stringify(new URL('./opener-in-bun.ts', import.meta.url).href)}
    const before = process.cpuUsage()
    const { said } = openerInBun.start(['/bin/sh', '-c', 'sleep 0.5; echo ready'], [])
    const text = await said
    const { user, system } = process.cpuUsage(before)
    process.stdout.write(JSON.stringify([text, user + system]))`
  const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  const [text, microseconds] = JSON.parse(stdout)
  expect(text).toBe('ready\n')
  expect(microseconds).toBeLessThan(100_000)
})
