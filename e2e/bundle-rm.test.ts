import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('vethra bundle rm', () => {
  let host: Host
  let web: string
  let bundle: string
  let file: string
  let original: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    bundle = await host.bundle(web, ['sleep', '600'])
    file = `${bundle}/config.json`
    original = await readFile(file, 'utf8')
    await host.vethra('network', 'create', 'lan')
  })

  afterEach(async () => {
    await host.close()
  })

  const text = () => readFile(file, 'utf8')
  const prepare = async (...flags: readonly string[]) => {
    const argv = ['bundle', 'prepare', bundle, '--id', web, ...flags]
    expect(await host.vethra(...argv)).toMatchObject({ exitCode: 0, stderr: '' })
  }
  const remove = async (...flags: readonly string[]) =>
    expect(await host.vethra('bundle', 'rm', ...flags, web)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: web,
    })
  // By runc alone: none of our hooks, none of our files.
  const startsPlainly = async () => {
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0, stderr: '' })
    await host.stop(web)
  }

  it('gives config.json back byte for byte, however often it was prepared, and the bundle starts', async () => {
    await prepare('--network', 'lan', '-p', '8080:80', '--name', 'shop', '--hostname', 'one')
    await prepare('--network', 'host', '--hostname', 'two', '--domainname', 'example.org')
    await prepare('--network', 'lan')
    expect(await text()).not.toBe(original)
    await remove()
    expect(await text()).toBe(original)
    await startsPlainly()
  })

  it('takes out of an edited config.json what is still as it was written, and nothing else', async () => {
    const before = JSON.parse(original)
    before.annotations = { mine: 'yes' }
    before.hooks = { poststop: [{ path: '/bin/true' }] }
    await writeFile(file, JSON.stringify(before))
    await prepare('--network', 'lan', '--hostname', 'one')
    const edited = JSON.parse(await text())
    edited.annotations.other = 'too'
    edited.annotations['nerdctl/hostname'] = 'changed'
    edited.process.args = ['sleep', '61']
    edited.mounts.unshift({ destination: '/srv', type: 'tmpfs', source: 'tmpfs' })
    await writeFile(file, JSON.stringify(edited, null, 4))
    await remove()
    before.annotations = { mine: 'yes', other: 'too', 'nerdctl/hostname': 'changed' }
    before.process.args = ['sleep', '61']
    before.mounts.unshift({ destination: '/srv', type: 'tmpfs', source: 'tmpfs' })
    expect(JSON.parse(await text())).toEqual(before)
    await startsPlainly()
  })

  it('gives back what was taken away, where it is still missing', async () => {
    await prepare('--network', 'host')
    const edited = JSON.parse(await text())
    expect(edited.linux.namespaces).not.toContainEqual({ type: 'network' })
    await writeFile(file, JSON.stringify({ ...edited, hostname: 'mine' }))
    await remove()
    const after = JSON.parse(await text())
    expect(after.linux.namespaces).toContainEqual({ type: 'network' })
    expect(after.hostname).toBe('mine')
  })

  it('leaves config.json as it is with --keep-config', async () => {
    await prepare('--network', 'lan')
    const prepared = await text()
    await remove('--keep-config')
    expect(await text()).toBe(prepared)
  })

  it('removes a container whose bundle is gone, and keeps one whose config.json cannot be mended', async () => {
    await prepare('--network', 'lan')
    await writeFile(file, '{"broken":')
    expect(await host.vethra('bundle', 'rm', web)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/config\.json[\s\S]*--keep-config/),
    })
    expect((await host.vethra('container', 'inspect', web)).exitCode).toBe(0)
    await host.run(['rm', '-r', bundle])
    await remove()
    expect((await host.vethra('container', 'ls', '-q')).stdout).toBe('')
  })

  it('does not follow a symbolic link that leads to another bundle from its place by now', async () => {
    await prepare('--network', 'lan')
    const prepared = await text()
    await host.run(['mv', bundle, `${bundle}-moved`])
    await host.run(['ln', '-s', `${bundle}-moved`, bundle])
    await remove()
    expect(await text()).toBe(prepared)
  })

  it('follows a bundle that was prepared for another id, and an id that got another bundle', async () => {
    const other = `other-${host.tag}`
    await prepare('--network', 'lan')
    await host.vethra('bundle', 'prepare', bundle, '--id', other, '--network', 'lan')
    const others = await text()
    await remove()
    expect(await text()).toBe(others)
    expect((await host.vethra('bundle', 'rm', other)).exitCode).toBe(0)
    expect(await text()).toBe(original)

    await prepare('--network', 'lan')
    const second = await host.bundle(`second-${host.tag}`, ['sleep', '600'])
    const untouched = await readFile(`${second}/config.json`, 'utf8')
    const argv = ['bundle', 'prepare', second, '--id', web, '--network', 'lan']
    expect(await host.vethra(...argv)).toMatchObject({ exitCode: 0 })
    expect(await text()).toBe(original)
    await remove()
    expect(await readFile(`${second}/config.json`, 'utf8')).toBe(untouched)
  })

  it('is right after a prepare or an rm that was killed at any step', async () => {
    const faulty = (step: number, ...argv: readonly string[]) =>
      host.run([executable, 'bundle', ...argv], { env: { VETHRA_FAULT: `kill:${step}` } })
    const first = () => prepare('--network', 'lan', '--hostname', 'one')
    await first()
    for (let step = 1, done = false; !done; step += 1) {
      done =
        (await faulty(step, 'prepare', bundle, '--id', web, '--network', 'host')).exitCode === 0
      await faulty(step, 'rm', web)
      if ((await host.vethra('container', 'ls', '-q')).stdout !== '') await remove()
      expect.soft(await text(), `killed at step ${step}`).toBe(original)
      await first()
    }
  }, 120_000)
})
