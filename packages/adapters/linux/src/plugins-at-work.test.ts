import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { processAt } from '@vethra/plugin-exec/programs'
import { afterEach, describe, expect, it } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { containersOfPlugins, pluginsEnded } from './plugins-at-work.ts'

const id = `plugin-test-${process.pid}`
const nonce = `nonce-${process.pid}`
const env = { PATH: process.env['PATH'], CNI_CONTAINERID: id, VETHRA_NONCE: nonce }
let started: ChildProcess[] = []

const start = async (argv: readonly string[], variables = env): Promise<ChildProcess> => {
  const [file = '', ...args] = [...argv, 'sh', '-c', 'echo; exec sleep 30']
  const child = spawn(file, args, { env: variables, detached: true })
  started.push(child)
  await once(child.stdout, 'data')
  return child
}

afterEach(() => {
  for (const { pid } of started) process.kill(-(pid ?? 0), 'SIGKILL')
  started = []
})

it('waits for the processes of one ADD, and of no other', async () => {
  const plugin = await start([])
  await expect(pluginsEnded(id, nonce, 100)).rejects.toMatchObject({
    code: 104,
    message: expect.stringContaining(String(plugin.pid)),
  })
  expect(containersOfPlugins()).toContain(id)
  await pluginsEnded(id, `${nonce}-other`, 0)
  const waiting = pluginsEnded(id, nonce, 10_000)
  plugin.kill()
  await waiting
  expect(plugin.killed).toBe(true)
  started = []
})

it('waits for programs of a process of ours that has ended, and for none of one that goes on', async () => {
  const by = (pid: number, startTime: string) =>
    ({ PATH: env.PATH, VETHRA_RUN_BY: `${pid}/${startTime}` }) as unknown as typeof env
  const { pid, startTime } = processAt(process.pid) ?? { pid: 0, startTime: '' }
  await start([], by(pid, startTime))
  await pluginsEnded(id, undefined, 0)
  const left = await start([], by(pid, '1'))
  await expect(pluginsEnded('this host', undefined, 100)).rejects.toMatchObject({
    message: expect.stringContaining(`this host are still running: ${left.pid}`),
  })
})

it('a plugin of another runtime counts as at work, and is not waited for', async () => {
  const { VETHRA_NONCE: _, ...others } = env
  await start([], { ...others } as typeof env)
  expect(containersOfPlugins()).toContain(id)
  await pluginsEnded(id, nonce, 0)
})

// Octets that this thread has asked the kernel for: proc_pid_io(5).
const asked = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1])

describe.skipIf(needsRoot !== undefined)('who is no plugin of ours', () => {
  it('is not read, however large its environment', async () => {
    const large = Array.from({ length: 15 }, (_, index) => [`X${index}`, 'x'.repeat(120_000)])
    containersOfPlugins()
    const before = asked()
    containersOfPlugins()
    const usual = asked() - before
    await start(['setpriv', '--reuid=65534', '--clear-groups'], {
      ...env,
      ...Object.fromEntries(large),
    })
    const then = asked()
    containersOfPlugins()
    expect(asked() - then).toBeLessThan(usual + 500_000)
  })

  it.each([
    ['another user', ['setpriv', '--reuid=65534', '--clear-groups']],
    ['a set-user-ID program of another user', ['setpriv', '--ruid=65534']],
    ['root in a container', ['unshare', '-p', '-f']],
  ])('%s', async (_, wrapper) => {
    await start(wrapper)
    expect(containersOfPlugins().filter((each) => each === id)).toHaveLength(
      // unshare itself stays in our PID namespace, and has the environment, too.
      wrapper[0] === 'unshare' ? 1 : 0,
    )
    if (wrapper[0] !== 'unshare') await pluginsEnded(id, nonce, 0)
  })
})
