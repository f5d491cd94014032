import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginCall } from '@vethra/plan'
import { explain } from '@vethra/spec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findPlugin, type PluginReport, pluginExec } from './index.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vethra-exec-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function plugin(name: string, script: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

const call: PluginCall = {
  type: 'x',
  operation: 'ADD',
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [['A', 'B']],
  stdin: '{"name":"lan"}',
}

const runner = (options: Partial<Parameters<typeof pluginExec>[0]> = {}) =>
  pluginExec({ path: [folder], env: { PATH: process.env['PATH'] ?? '', SEEN: 'yes' }, ...options })

describe('a plugin', () => {
  it('gets the request on standard input and the call in its environment, beside the given one', async () => {
    await plugin('x', 'cat; env | grep -E "^(CNI_|SEEN)" | sort')
    expect(await runner().run(call)).toBe(
      [
        '{"name":"lan"}CNI_ARGS=A=B',
        'CNI_COMMAND=ADD',
        'CNI_CONTAINERID=c1',
        'CNI_IFNAME=eth0',
        'CNI_NETNS=/n',
        `CNI_PATH=${folder}`,
        'SEEN=yes\n',
      ].join('\n'),
    )
  })

  it('need not read what it is sent', async () => {
    await plugin('x', 'exec 0<&-; echo {}')
    expect(await runner().run({ ...call, stdin: 'x'.repeat(4_000_000) })).toBe('{}\n')
  })

  it('that fails keeps its own code, and the circumstances are told', async () => {
    const path = await plugin('x', `echo why >&2; echo '{"code":11,"msg":"later"}'; exit 3`)
    const error = await runner()
      .run(call)
      .catch((caught: unknown) => caught)
    expect(explain(error)).toEqual([
      'error: later (CNI code 11)',
      expect.stringMatching(
        `caused by: ${path} ended with exit status 3 after \\d+ ms, and wrote on standard error: why`,
      ),
    ])
  })

  it('that dies by a signal says so', async () => {
    await plugin('x', 'kill -9 $$')
    await expect(runner().run(call)).rejects.toMatchObject({
      code: 0,
      message: 'netplugin failed with no error message: signal: killed',
    })
  })

  it('that hangs is killed with all that it started', async () => {
    await plugin('x', `sleep 300 & echo $! > ${folder}/pid; wait`)
    await expect(runner({ timeoutMs: 300 }).run(call)).rejects.toMatchObject({
      code: 104,
      message: expect.stringContaining('did not end within 0.3 s on ADD'),
    })
    const pid = (await readFile(join(folder, 'pid'), 'utf8')).trim()
    await expect.poll(() => stateOf(pid)).not.toBe('S')
  })

  it('whose runaway grandchild keeps the pipes open is given up at the deadline', async () => {
    await plugin('x', `setsid sh -c 'echo $$ > ${folder}/pid; exec sleep 60' & echo {}`)
    await expect(runner({ timeoutMs: 500 }).run(call)).rejects.toMatchObject({ code: 104 })
    const pid = (await readFile(join(folder, 'pid'), 'utf8')).trim()
    expect(await stateOf(pid)).toBe('S')
    process.kill(Number(pid))
  })

  it('that prints too much is ended', async () => {
    await plugin('x', 'yes')
    await expect(runner({ outputLimit: 100_000 }).run(call)).rejects.toMatchObject({
      code: 104,
      message: expect.stringContaining('printed more than 100000 octets'),
    })
  })

  it('that is being written is tried again, and the true outcome counts', async () => {
    const path = await plugin('x', 'echo late')
    const binary = join(folder, 'busy')
    await writeFile(binary, await readFile('/bin/true'), { mode: 0o755 })
    const writer = await open(binary, 'r+')
    const running = runner().run({ ...call, type: 'busy' })
    setTimeout(() => writer.close(), 300)
    expect(await running).toBe('')
    expect(existsSync(path)).toBe(true)
  })

  it.each([
    ['noexec', 0o644, '#!/bin/sh\n', 'permission denied'],
    ['interpreter', 0o755, '#!/nowhere/sh\n', 'no such file or directory'],
  ])('that cannot be started (%s) is named', async (type, mode, text, why) => {
    const path = join(folder, type)
    await writeFile(path, text)
    await chmod(path, mode)
    await expect(runner().run({ ...call, type })).rejects.toMatchObject({
      code: 5,
      message: `fork/exec ${path}: ${why}`,
    })
  })

  it('is reported, successful or not', async () => {
    const reports: PluginReport[] = []
    const path = await plugin('x', 'echo noise >&2; echo {}')
    await runner({ onReport: (report) => reports.push(report) }).run(call)
    expect(reports).toMatchObject([{ path, stderr: 'noise\n', status: 'exit status 0', call }])
  })
})

describe('findPlugin', () => {
  it('takes the first regular file of the folders', async () => {
    await mkdir(join(folder, 'a/x'), { recursive: true })
    const path = await plugin('x', '')
    expect(await findPlugin('x', [join(folder, 'a'), folder])).toBe(path)
  })

  it('says what it searched for, and where', async () => {
    await expect(findPlugin('nope', ['/a', folder])).rejects.toMatchObject({
      code: 100,
      message: `failed to find plugin "nope" in path [/a ${folder}]`,
    })
  })
})

async function stateOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '(gone) gone')
  return stat.split(') ')[1]?.split(' ')[0] ?? ''
}
