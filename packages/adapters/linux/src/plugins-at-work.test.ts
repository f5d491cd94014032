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
  const [file = '', ...args] = [...argv, 'sh', '-c', 'echo; read line']
  const child = spawn(file, args, { env: variables, detached: true })
  started.push(child)
  await once(child.stdout, 'data')
  return child
}

/** Those of the processes started here that are waited for: others on this machine may have left some, too. */
const waitedFor = async (nonce: string | undefined, timeoutMs = 0): Promise<readonly string[]> => {
  const said = await pluginsEnded(id, nonce, timeoutMs).then(() => '', String)
  return started.map(({ pid }) => String(pid)).filter((pid) => said.split(/\D+/).includes(pid))
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
  expect(await waitedFor(undefined)).toEqual([])
  const left = await start([], by(pid, '1'))
  expect(await waitedFor(undefined, 100)).toEqual([String(left.pid)])
})

it.skipIf(needsRoot !== undefined)(
  'counts one in the network of its container, and none of another host in namespaces',
  async () => {
    const left = { ...env, VETHRA_RUN_BY: `${process.pid}/1` }
    const inside = await start(['unshare', '-n'], left)
    await start(['unshare', '-n', '-m'], left)
    expect(containersOfPlugins().filter((each) => each === id)).toHaveLength(1)
    expect(await waitedFor(undefined)).toEqual([String(inside.pid)])
  },
)

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
    // Of several looks, since processes come and go meanwhile.
    const least = () =>
      Math.min(
        ...Array.from({ length: 9 }, () => {
          const before = asked()
          containersOfPlugins()
          return asked() - before
        }),
      )
    const usual = least()
    await start(['setpriv', '--reuid=65534', '--clear-groups'], {
      ...env,
      ...Object.fromEntries(large),
    })
    expect(least()).toBeLessThan(usual + 1_000_000)
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
