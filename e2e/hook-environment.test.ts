import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran } from './host.ts'

describeOnHost('the hook line that bundle prepare writes', () => {
  let host: Host
  let id: string
  let bundle: string

  beforeEach(async () => {
    host = await openHost()
    id = `web-${host.tag}`
    bundle = await host.bundle(id, ['sleep', '600'])
    const ran = await host.vethra('bundle', 'prepare', bundle, '--id', id)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  })

  afterEach(async () => {
    await host.close()
  })

  /** Runs runc with hostile variables of its own, in a folder that no longer exists. */
  const hostile = async (...args: readonly string[]): Promise<Ran> => {
    const preload = `${host.folder}/preload.js`
    await writeFile(preload, `require('node:fs').writeFileSync('${host.folder}/ran', '')`)
    const log = `${host.folder}/log`
    const script = `mkdir -p gone && cd gone && rmdir ../gone && exec "$@" >${log} 2>&1 </dev/null`
    const runc = ['runc', '--root', `${host.folder}/runc`, ...args]
    const { exitCode } = await host.run(['sh', '-ec', script, 'sh', ...runc], {
      cwd: host.folder,
      env: {
        BUN_OPTIONS: `--preload=${preload}`,
        BUN_INSPECT_PRELOAD: preload,
        BUN_BE_BUN: '1',
        CNI_PATH: '/nowhere',
        VETHRA_DATA_ROOT: '/nowhere',
      },
    })
    return { exitCode, stdout: '', stderr: await readFile(log, 'utf8') }
  }

  const held = async () =>
    JSON.parse((await host.vethra('ipam', 'ls', '--format', 'json')).stdout) as object[]

  it('names the whole environment', async () => {
    const { hooks } = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    const lines: { env: string[] }[] = [...hooks.createRuntime, ...hooks.poststop]
    expect(lines).toHaveLength(2)
    for (const { env } of lines) {
      expect(env).toContain('BUN_OPTIONS=--cwd=/')
      const keys = env.map((each) => each.split('=')[0]).sort()
      expect(keys).toEqual(['BUN_OPTIONS', 'PATH'])
    }
  })

  it('gives the hook nothing of the environment of runc, which may come from a deleted folder', async () => {
    const started = await hostile('run', '-d', '-b', bundle, id)
    expect(started).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await held()).toMatchObject([{ Address: '10.4.0.2' }])
    const deleted = await hostile('delete', '--force', id)
    expect(deleted).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await held()).toEqual([])
    expect((await host.run(['test', '-e', `${host.folder}/ran`])).exitCode).toBe(1)
  })
  it('runs programs for a parent that ignores the ends of its children, or has a wrong PATH', async () => {
    await host.run(['ip', 'netns', 'add', 'n'])
    await host.vethra('network', 'create', 'lan')
    const vethra = [executable, '--plugins', 'exec', 'cni']
    const call = async (verb: string, by: readonly string[]) =>
      host.run([...by, ...vethra, verb, 'lan', '/run/netns/n'])
    const ignoring = ['env', '--ignore-signal=CHLD']
    expect(await call('add', ignoring)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await call('del', ignoring)).toMatchObject({ exitCode: 0, stderr: '' })
    // The bridge plugin has made its interface by the time it misses iptables.
    const failed = await call('add', ['env', 'PATH=/nowhere'])
    expect(failed.stderr).toMatch(/ADD of network lan failed.*iptables/s)
    // Debian's bridge fails for rules that are missing, once.
    await call('del', [])
    expect(await call('del', [])).toMatchObject({ exitCode: 0 })
    expect((await host.run(['ip', '-n', 'n', 'link', 'show', 'eth0'])).exitCode).toBe(1)
  })

  it('without it, as nerdctl writes its own: what a hook could not free, the next repair frees', async () => {
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    for (const line of [...config.hooks.createRuntime, ...config.hooks.poststop]) {
      line.env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin']
    }
    await writeFile(`${bundle}/config.json`, JSON.stringify(config))
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await hostile('delete', '--force', id)).stderr).toContain('was deleted')
    expect(await held()).toMatchObject([{ Address: '10.4.0.2' }])
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
    expect(await held()).toEqual([])
  })
})
