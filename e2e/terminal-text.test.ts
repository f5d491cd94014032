import { mkdir, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, plugins, type Ran } from './host.ts'
import { startDaemon, until } from './running-daemon.ts'

const hostile = 'a\u009b31mb\u202ec\u061cd\u2066e\u2028f\u0085g\u001b]0;h'
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
const obeyed = /[\0-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describeOnHost('what a terminal is given', () => {
  let host: Host
  const netns = '/run/netns/one'

  beforeEach(async () => {
    host = await openHost()
    await mkdir(`${host.folder}/bin`)
    const answer = JSON.stringify({ cniVersion: '1.0.0', code: 11, msg: hostile, details: hostile })
    await writeFile(`${host.folder}/answer`, answer)
    await writeFile(
      `${host.folder}/bin/hostile`,
      `#!/bin/sh\ncat ${host.folder}/answer; cat ${host.folder}/answer >&2; exit 1\n`,
      { mode: 0o755 },
    )
    await put('lan.conflist', { cniVersion: '1.0.0', name: 'lan', plugins: [{ type: 'hostile' }] })
    await host.run(['ip', 'netns', 'add', 'one'])
  })

  afterEach(async () => {
    await host.close()
  })

  const put = async (file: string, content: unknown) => {
    const input = typeof content === 'string' ? content : JSON.stringify(content)
    await host.run(['mkdir', '-p', '/etc/cni/net.d'])
    await host.run(['sh', '-c', 'cat >"/etc/cni/net.d/$0"', file], { input })
  }

  const vethra = (...args: readonly string[]): Promise<Ran> =>
    host.run([executable, ...args], { env: { CNI_PATH: `${host.folder}/bin:${plugins}` } })

  /** Fails unless a thing was printed, and nothing of it is obeyed. */
  function harmless({ stdout, stderr }: Ran, sign = '\\u009b31m'): void {
    expect(stdout + stderr).toContain(sign)
    expect(stdout + stderr).not.toMatch(obeyed)
  }

  it('errors of plugins', async () => {
    harmless(await vethra('cni', 'add', 'lan', netns))
    harmless(await vethra('--log-level', 'debug', 'cni', 'add', 'lan', netns))
  })

  it('names of files, conf lists that are wrong, and labels', async () => {
    await put(`${hostile}.conflist`, `{"name":"${hostile}"`)
    await put('named.conflist', {
      cniVersion: '1.0.0',
      name: hostile,
      plugins: [{ type: hostile }],
    })
    harmless(await vethra('cni', 'validate'))
    harmless(await vethra('network', 'ls'))
    harmless(await vethra('doctor'))
    harmless(await vethra('doctor', '--format', '{{.Message}}'))
    harmless(await vethra('doctor', '--format', 'json'))
    harmless(await vethra('network', 'create', 'web', '--label', `l=${hostile}`), '')
    for (const format of ['json', '{{.Labels}}', '{{json .}}']) {
      harmless(await vethra('network', 'inspect', 'web', '--format', format))
    }
  })

  it('what was typed, which may be of others', async () => {
    harmless(await vethra('network', 'rm', hostile))
    harmless(await vethra(`--${hostile}`))
    harmless(await vethra('cni', 'add', 'lan', `/run/${hostile}`))
  })

  it('the log of a hook, and what runc shows of it', async () => {
    const id = `web-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const prepared = await vethra('bundle', 'prepare', bundle, '--id', id, '--network', 'lan')
    expect(prepared).toMatchObject({ exitCode: 0 })
    const state = { ociVersion: '1.0.2', id, status: 'created', pid: 1, bundle }
    const call = (annotations: object) =>
      host.run([executable, 'oci-hook', 'createRuntime'], {
        input: JSON.stringify({ ...state, annotations }),
      })
    harmless(await call({ 'nerdctl/state-dir': hostile }))
    const folder = `/var/lib/vethra/1935db59/containers/default/${id}`
    harmless(await host.run(['cat', `${folder}/oci-hook.createRuntime.log`]))
  })

  it('the log and the events of the daemon', async () => {
    const daemon = await startDaemon(host)
    try {
      await put(`${hostile}.conflist`, `{"name":"${hostile}"`)
      const args = ['--socket', daemon.socket, 'events', '--since', '0', '--no-follow']
      await until(async () => (await vethra(...args)).stdout.includes('31m'))
      harmless(await vethra(...args))
      harmless(await vethra(...args, '--format', 'json'))
      harmless(await vethra(...args, '--format', '{{.Message}}'))
      expect(await daemon.log()).not.toMatch(obeyed)
    } finally {
      await daemon.end()
    }
  })
})
