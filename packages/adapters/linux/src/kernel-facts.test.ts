import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { kernelFacts } from './kernel-facts.ts'

let started: ChildProcess | undefined
let folder = ''

afterEach(async () => {
  if (started?.pid) process.kill(-started.pid, 'SIGKILL')
})

describe.skipIf(needsRoot !== undefined)('a process that is called firewalld', () => {
  it.each([
    ['of our own user', [], true],
    ['of another user', ['setpriv', '--reuid=65534', '--clear-groups'], false],
    ['of root in a container', ['unshare', '-p', '-f'], false],
    ['of another host in a network namespace', ['unshare', '-n'], false],
  ] as const)('%s looks after the firewall: %j', async (_, wrapper, does) => {
    folder = await mkdtemp(join(tmpdir(), 'vethra-facts-'))
    await chmod(folder, 0o755)
    const program = join(folder, 'firewalld')
    await copyFile('/bin/sleep', program)
    const [file = '', ...args] = [...wrapper, 'sh', '-c', `echo; exec ${program} 30`]
    started = spawn(file, args, { detached: true })
    await once(started.stdout as NodeJS.ReadableStream, 'data')
    // The name is that of the program which is started last.
    await setTimeout(200)
    const managers = async () => (await kernelFacts()).firewallManagers
    expect((await managers()).includes('firewalld')).toBe(does)
  })
})
