import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

const root = new URL('..', import.meta.url).pathname
const node = join(root, 'node_modules/.bin/node')
const fromSource = [node, join(root, 'apps/vethra/src/main.ts')]

describeOnHost('the apps under Node, from source', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  it('do what the executable does, the hook included', async () => {
    const id = `node-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const vethra = (...args: readonly string[]) => host.run([...fromSource, ...args])
    expect(await vethra('network', 'create', 'lan')).toMatchObject({ exitCode: 0, stderr: '' })
    const asked = ['--id', id, '--network', 'lan', '-p', '8090:80']
    expect(await vethra('bundle', 'prepare', bundle, ...asked)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const address = await host.runc('exec', id, 'ip', '-o', '-4', 'addr', 'show', 'eth0')
    expect(address.stdout).toMatch(/10\.4\.1\.2\/24/)
    expect((await host.run(['ss', '-Hlnt'])).stdout).toMatch(/0\.0\.0\.0:8090 /)
    expect((await host.stop(id)).exitCode).toBe(0)
    expect(await vethra('bundle', 'rm', id)).toMatchObject({ exitCode: 0, stdout: id })
    expect(await vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0, stdout: 'lan' })
    const { links, rules, files, processes } = await host.snapshot()
    expect({ links, rules, files, processes }).toEqual({
      processes: [],
      links: [expect.stringMatching(/^lo /)],
      rules: [],
      files: [],
    })
  })
})
