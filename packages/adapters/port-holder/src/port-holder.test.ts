import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PortMapping } from '@vethra/container'
import type { PortHolder } from '@vethra/world'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portHolder } from './index.ts'

const here = (name: string) => new URL(name, import.meta.url).pathname
const program = [process.execPath, here('../test/hold-here.ts')]
// Each run of these tests in a range of its own: Node's and bun's may run at the same time.
const first = 20_000 + (process.pid % 2_000) * 5

const mapping = (parts: Partial<PortMapping> = {}): PortMapping => ({
  hostIP: '127.0.0.1',
  hostPort: first,
  containerPort: 80,
  protocol: 'tcp',
  ...parts,
})

describe('a port holder', () => {
  let dir: string
  let holder: PortHolder
  let init: ChildProcess
  const id = `test-${process.pid}`
  const pid = () => init.pid ?? 0

  beforeEach(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'holder-')), 'ports')
    holder = portHolder({ dir, program })
    init = spawn('sleep', ['600'])
  })

  afterEach(async () => {
    init.kill('SIGKILL')
    for (const { containerId } of await holder.list()) {
      if (containerId.startsWith(id)) await holder.release({ containerId, ports: [mapping()] })
    }
  })

  const hold = async (ports: readonly PortMapping[], containerId = id) => {
    await (await holder.hold({ containerId, pid: pid(), ports })).settled()
    return own(containerId)
  }
  const own = async (containerId = id) =>
    (await holder.list()).find((each) => each.containerId === containerId)
  const table = async (name: string) => readFile(`/proc/self/net/${name}`, 'utf8')
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')

  it('tidies what a writer left that was killed before there was a record', async () => {
    const [, space = ''] = /(\d+)/.exec(await readlink('/proc/self/ns/pid')) ?? []
    await mkdir(dir)
    await writeFile(join(dir, `.tmp-4194304-${space}-0`), '{')
    await writeFile(join(dir, `.tmp-${process.pid}-${space}-0`), '{')
    await holder.tidy?.()
    expect(await readdir(dir)).toEqual([`.tmp-${process.pid}-${space}-0`])
  })

  it('shows tcp and udp ports of both families as sockets', async () => {
    const held = await hold([
      mapping(),
      mapping({ hostIP: '0.0.0.0', hostPort: first + 1, protocol: 'udp' }),
      mapping({ hostIP: '::1', hostPort: first + 2 }),
      mapping({ hostIP: '::', hostPort: first + 3, protocol: 'udp' }),
    ])
    expect(held).toMatchObject({ alive: true, recorded: true })
    expect(await table('tcp')).toMatch(new RegExp(`0100007F:${hex(first)} 00000000:0000 0A`))
    expect(await table('udp')).toMatch(new RegExp(`00000000:${hex(first + 1)} 00000000:0000 07`))
    expect(await table('tcp6')).toMatch(new RegExp(`0{24}01000000:${hex(first + 2)} 0{32}:0000 0A`))
    expect(await table('udp6')).toMatch(new RegExp(`0{32}:${hex(first + 3)} 0{32}:0000 07`))
  })

  it('takes IPv6 alone for ::, and both families where no address is given', async () => {
    await hold([mapping({ hostIP: '::' })])
    const server = createServer().listen(first, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await hold([mapping({ hostIP: '', hostPort: first + 1 })], `${id}-both`)
    expect((await own(`${id}-both`))?.sockets).toEqual([
      `0.0.0.0:${first + 1}/tcp`,
      `[::]:${first + 1}/tcp`,
    ])
  })

  it('ends by itself with the process of the container, and its ports are free', async () => {
    const held = await hold([mapping()])
    init.kill('SIGKILL')
    await expect.poll(() => own()).toMatchObject({ alive: false })
    expect(held?.alive).toBe(true)
    const server = createServer().listen(first, '127.0.0.1')
    await once(server, 'listening')
    server.close()
  })

  it('has a session of its own and nothing of ours open, and stands in no folder of ours', async () => {
    const held = await hold([mapping()])
    const files = `/proc/${held?.pid}`
    const [, ...fields] = (await readFile(`${files}/stat`, 'utf8')).split(') ')
    expect(fields.join(') ').split(' ')[3]).toBe(String(held?.pid))
    expect(await readlink(`${files}/cwd`)).toBe('/')
    expect(await readFile(`${files}/cmdline`, 'utf8')).toContain(`port-holder\0${id}\0`)
    expect(await readFile(`${files}/environ`, 'utf8')).not.toContain('PATH=')
    const standard = () =>
      Promise.all([0, 1, 2].map((each) => readlink(`${files}/fd/${each}`).catch(() => 'none')))
    await expect.poll(standard).toEqual(['/dev/null', '/dev/null', '/dev/null'])
  })

  it('refuses who connects, at once', async () => {
    await hold([mapping()])
    for (let times = 0; times < 40; times += 1) {
      const client = connect(first, '127.0.0.1')
      await expect(once(client, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
    }
  })

  it('names the process that has a port, and takes none', async () => {
    const server = createServer().listen(first + 1, '127.0.0.1')
    await once(server, 'listening')
    const taken = hold([mapping(), mapping({ hostPort: first + 1 })])
    await expect(taken).rejects.toMatchObject({
      code: 102,
      message: `bind for 127.0.0.1:${first + 1} failed: port is already allocated`,
      details: expect.stringMatching(
        new RegExp(`tcp port held by process .+ \\(pid ${process.pid}\\)$`),
      ),
    })
    server.close()
    expect(await own()).toBeUndefined()
    const free = createServer().listen(first, '127.0.0.1')
    await once(free, 'listening')
    free.close()
  })

  it('names the process that has a udp port, for every address too', async () => {
    const socket = createSocket('udp4').bind(first, '127.0.0.1')
    await once(socket, 'listening')
    const taken = hold([mapping({ protocol: 'udp', hostIP: '0.0.0.0' })])
    await expect(taken).rejects.toMatchObject({
      code: 102,
      details: expect.stringContaining(`(pid ${process.pid})`),
    })
    socket.close()
  })

  it('names the container that has a port, unless that is of another protocol or address', async () => {
    await hold([mapping()], `${id}-other`)
    await expect(hold([mapping()])).rejects.toMatchObject({
      code: 102,
      details: `tcp port held by container ${id}-other`,
    })
    await hold([mapping({ protocol: 'udp' }), mapping({ hostIP: '127.0.0.2' })])
    expect(await own()).toMatchObject({ alive: true })
  })

  it('frees what an earlier life of the container holds, recorded or not, alive or stopped', async () => {
    const before = await hold([mapping()])
    const again = await hold([mapping({ hostPort: first + 1 })])
    expect(again?.sockets).toEqual([`127.0.0.1:${first + 1}/tcp`])
    expect(before?.pid).not.toBe(again?.pid)
    await rm(dir, { recursive: true })
    process.kill(again?.pid ?? 0, 'SIGSTOP')
    expect((await own())?.recorded).toBe(false)
    const last = await hold([mapping({ hostPort: first + 1 })])
    expect(last).toMatchObject({ alive: true, recorded: true })
    expect(await hold([])).toBeUndefined()
  })

  it('frees what a container that has gone still holds, whosever it is', async () => {
    const other = await hold([mapping()], `${id}-other`)
    process.kill(other?.pid ?? 0, 'SIGSTOP')
    const gone = once(init, 'exit')
    init.kill('SIGKILL')
    await gone
    init = spawn('sleep', ['600'])
    expect(await hold([mapping()])).toMatchObject({ alive: true })
  })

  it('never ends a process that only has the number of one that is recorded', async () => {
    await hold([mapping()])
    const stranger = spawn('sleep', ['600'])
    const record = { containerId: id, sockets: [], holder: { pid: stranger.pid, startTime: '1' } }
    await writeFile(join(dir, id), JSON.stringify(record))
    expect(await own()).toMatchObject({ pid: stranger.pid, alive: false })
    await holder.release({ containerId: id, ports: [] })
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    expect(stranger.kill(0)).toBe(true)
    stranger.kill('SIGKILL')
    await holder.release({ containerId: id, ports: [mapping()] })
    expect(await own()).toBeUndefined()
  })

  it('never ends a process that a record names and that holds no ports for the container', async () => {
    const other = await hold([mapping()], `${id}-other`)
    const stranger = spawn('sleep', ['600'])
    for (const pid of [stranger.pid ?? 0, other?.pid ?? 0]) {
      const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')
      const startTime = fields.split(' ')[19]
      await writeFile(
        join(dir, id),
        JSON.stringify({ containerId: id, sockets: [], holder: { pid, startTime } }),
      )
      await holder.release({ containerId: id, ports: [] })
      expect(process.kill(pid, 0)).toBe(true)
    }
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    expect(await own(`${id}-other`)).toMatchObject({ alive: true })
    stranger.kill('SIGKILL')
  })

  it("holds nothing for a process that only has the number of the container's", async () => {
    const request = { containerId: id, pid: pid(), startTime: '1', ports: [mapping()] }
    await expect(holder.hold(request)).rejects.toMatchObject({ code: 3 })
    expect(await own()).toBeUndefined()
  })

  it('leaves nothing when it is released, twice too, and by a damaged record', async () => {
    await hold([mapping()])
    await writeFile(join(dir, id), '{"holder":')
    await holder.release({ containerId: id, ports: [] })
    await holder.release({ containerId: id, ports: [] })
    expect(await readdir(dir)).toEqual([])
    expect(await own()).toBeUndefined()
  })

  it.each([
    ['is removed', undefined],
    ['is empty', ''],
    ['names another process', { pid: 1, startTime: '1' }],
  ])(
    'shows that no record names the process, and records it again, where the record %s',
    async (_, damage) => {
      const before = await hold([mapping()])
      if (damage === undefined) await rm(join(dir, id))
      else {
        const record = { containerId: id, sockets: before?.sockets, holder: damage }
        await writeFile(join(dir, id), damage === '' ? '' : JSON.stringify(record))
      }
      const own = (await holder.list()).filter(({ containerId }) => containerId === id)
      expect(own.filter(({ alive }) => alive)).toEqual([{ ...before, recorded: false }])
      await hold([mapping()])
      const after = (await holder.list()).filter(({ containerId }) => containerId === id)
      expect(after).toEqual([
        { ...before, pid: expect.not.toSatisfy((pid) => pid === before?.pid) },
      ])
    },
  )

  it('of a container that has ended holds nothing', async () => {
    const gone = once(init, 'exit')
    init.kill('SIGKILL')
    await gone
    await expect(hold([mapping()])).rejects.toMatchObject({ code: 3 })
    expect(await own()).toBeUndefined()
  })

  it('refuses an id that leads out of its folder', async () => {
    await expect(hold([mapping()], '../evil')).rejects.toMatchObject({ code: 107 })
  })
})
