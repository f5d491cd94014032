import { chmod, copyFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'

// The program has its name once it answers. It ends with its standard input.
const facts = (argv: readonly string[]) => `
  const { spawn } = await import('node:child_process')
  const [file, ...args] = ${JSON.stringify(argv)}
  const started = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  started.stdin.write('x')
  await new Promise((resolve) => started.stdout.once('data', resolve))
  const { firewallManagers } = await host.hostKernel().facts()
  started.stdin.end()
  return firewallManagers`

describe.skipIf(needsRoot !== undefined)('a process that is called firewalld', () => {
  it.each([
    ['of our own user', [], true],
    ['of another user', ['setpriv', '--reuid=65534', '--clear-groups'], false],
    ['of root in a container', ['unshare', '-p', '-f'], false],
    ['of another host in a network namespace', ['unshare', '-n'], false],
  ] as const)('%s looks after the firewall: %j', async (_, wrapper, does) => {
    const folder = await mkdtemp(join(tmpdir(), 'vethra-facts-'))
    await chmod(folder, 0o755)
    const program = join(folder, 'firewalld')
    await copyFile('/bin/cat', program)
    const managers = inNamespace('', facts([...wrapper, program])) as readonly string[]
    expect(managers.includes('firewalld')).toBe(does)
  })
})
