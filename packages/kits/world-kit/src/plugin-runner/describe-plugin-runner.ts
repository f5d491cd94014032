import { explain, type PluginCall } from '@vethra/cni'
import type { PluginReport } from '@vethra/world'
import { expect, it } from 'vitest'
import { describeSubject } from '../describe-subject.ts'
import type { OpenRunner, RunnerSubject } from './subject.ts'

const call: PluginCall = {
  type: 'x',
  operation: 'ADD',
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [['A', 'B']],
  stdin: '{"name":"lan"}',
}

/** Declares the cases that every PluginRunner on executables has to pass. `open` is called before each of them. */
export function describePluginRunner(name: string, open: OpenRunner): void {
  describeSubject(name, open, whatItIsGiven, whatItFailsWith, whenItGoesTooFar, whenItCannotStart)
}

const script = (subject: RunnerSubject, text: string) =>
  subject.write('x', `#!/bin/sh\n${text}\n`, 0o755)

const run = (subject: RunnerSubject, changed: Partial<PluginCall> = {}) =>
  subject.runner().run({ ...call, ...changed })

function whatItIsGiven(subject: () => RunnerSubject): void {
  it('gives a plugin the request, and the call beside the inherited environment', async () => {
    const { folder, elsewhere, runner } = subject()
    await script(subject(), 'cat; env | grep -E "^(CNI_|SEEN)" | sort')
    expect(await runner().run(call)).toBe(
      [
        '{"name":"lan"}CNI_ARGS=A=B',
        'CNI_COMMAND=ADD',
        'CNI_CONTAINERID=c1',
        'CNI_IFNAME=eth0',
        'CNI_NETNS=/n',
        `CNI_PATH=${elsewhere}:${folder}`,
        'SEEN=yes\n',
      ].join('\n'),
    )
  })

  it('runs a plugin in /, whatever folder the runtime was called in', async () => {
    await script(subject(), 'pwd; readlink /proc/$$/cwd')
    expect(await run(subject())).toBe('/\n/\n')
  })

  it('is content with a plugin that does not read what it is sent', async () => {
    await script(subject(), 'exec 0<&-; echo {}')
    expect(await run(subject(), { stdin: 'x'.repeat(4_000_000) })).toBe('{}\n')
  })

  it('takes long answers whole, letters of several octets included', async () => {
    await script(subject(), 'cat')
    const stdin = `"${'é∞'.repeat(200_000)}"`
    expect(await run(subject(), { stdin })).toBe(stdin)
  })

  it('reports each run, successful or not', async () => {
    const reports: PluginReport[] = []
    const path = await script(subject(), 'echo noise >&2; cat; exit 4')
    const onReport = (report: PluginReport) => reports.push(report)
    await subject()
      .runner({ onReport })
      .run(call)
      .catch(() => undefined)
    expect(reports).toMatchObject([{ path, stderr: 'noise\n', status: 'exit status 4', call }])
  })
}

function whatItFailsWith(subject: () => RunnerSubject): void {
  it("keeps the plugin's own code, and tells the circumstances", async () => {
    const path = await script(subject(), `echo why >&2; echo '{"code":11,"msg":"later"}'; exit 3`)
    const error = await run(subject()).catch((caught: unknown) => caught)
    const told = `  caused by: ${path} ended with exit status 3 after \\d+ ms, and wrote on standard error: why`
    expect(explain(error)).toEqual([
      'error: later (CNI code 11)',
      expect.stringMatching(`^${told}$`),
    ])
  })

  it('says by which signal a plugin died', async () => {
    await script(subject(), 'kill -9 $$')
    await expect(run(subject())).rejects.toMatchObject({
      code: 0,
      message: 'netplugin failed with no error message: signal: killed',
    })
  })
}

function whenItGoesTooFar(subject: () => RunnerSubject): void {
  it('kills a plugin that hangs, with all that it started', async () => {
    const { runner, read, stateOf } = subject()
    await script(subject(), `sleep 300 & echo $! > ${subject().folder}/pid; wait`)
    await expect(runner({ timeoutMs: 2000 }).run(call)).rejects.toMatchObject({
      code: 104,
      message: expect.stringMatching(/\b2 s on ADD\b/),
    })
    const pid = await read('pid')
    await expect.poll(() => stateOf(pid)).not.toBe('S')
  })

  it('gives up a plugin whose runaway grandchild keeps the pipes open', async () => {
    const { folder, runner, read, stateOf, kill } = subject()
    await script(subject(), `setsid sh -c 'echo $$ > ${folder}/pid; exec sleep 60' & echo {}`)
    await expect(runner({ timeoutMs: 2000 }).run(call)).rejects.toMatchObject({ code: 104 })
    const pid = await read('pid')
    await expect.poll(() => stateOf(pid)).toBe('S')
    kill(pid)
  })

  it.each(['yes', 'yes >&2'])('ends a plugin that prints too much: %s', async (text) => {
    await script(subject(), text)
    await expect(subject().runner({ outputLimit: 100_000 }).run(call)).rejects.toMatchObject({
      code: 104,
      message: expect.stringContaining('printed more than 100000 octets'),
    })
  })
}

function whenItCannotStart(subject: () => RunnerSubject): void {
  it('tries a plugin again that is being written, and tells the true outcome', async () => {
    await subject().busy('x', 300)
    expect(await run(subject())).toBe('')
  })

  it.each([
    ['no mode to execute', 0o644, '#!/bin/sh\n', 'permission denied'],
    ['no interpreter', 0o755, '#!/nowhere/sh\n', 'no such file or directory'],
  ])('names a plugin that cannot be started: %s', async (_, mode, text, why) => {
    const path = await subject().write('x', text, mode)
    await expect(run(subject())).rejects.toMatchObject({
      code: 5,
      message: `fork/exec ${path}: ${why}`,
    })
  })

  it('names a plugin that is nowhere, and the folders searched', async () => {
    const { elsewhere, folder } = subject()
    await expect(run(subject())).rejects.toMatchObject({
      code: 100,
      message: `failed to find plugin "x" in path [${elsewhere} ${folder}]`,
    })
  })
}
