import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins, type Ran } from './host.ts'

describeOnHost('a start that fails', () => {
  let host: Host
  let id: string
  let path: string

  beforeEach(async () => {
    host = await openHost({ plugins: 'exec' })
    id = `web-${host.tag}`
    path = `${host.folder}/plugins`
    await cp(plugins, path, { recursive: true, dereference: true })
  })

  afterEach(async () => {
    await host.close()
  })

  async function start(flags: readonly string[] = []): Promise<Ran & { bundle: string }> {
    const bundle = await host.bundle(id, ['sleep', '600'])
    const args = ['bundle', 'prepare', bundle, '--id', id, '-p', '8080:80', ...flags]
    expect(await host.vethra('--cni-path', path, ...args)).toMatchObject({ exitCode: 0 })
    return { ...(await host.start(bundle, id)), bundle }
  }

  // What a network has of its own (bridge, shared chains, host-local's marks) goes with the network.
  const own = async () => {
    const { links, rules, files } = await host.snapshot()
    const networks =
      /(bridge\.conflist|\.lock|\/lock|last_reserved_ip\.\d)$|\/locks\/|^\/run\/vethra\/hosts\//
    return {
      links: links.filter((link) => !link.startsWith('nerdctl0')),
      rules: rules.filter((rule) => rule.includes(id)),
      files: files.filter((file) => !networks.test(file) && !file.includes(`/${id}/`)),
    }
  }

  it('for a missing plugin names it and the folder searched, through runc, and leaves nothing', async () => {
    const before = await own()
    await rm(`${path}/bridge`)
    const ran = await start()
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toContain(`failed to find plugin \\"bridge\\" in path [${path}]`)
    expect(ran.stderr).toContain('hint: Install the CNI plugin')
    expect(await own()).toEqual(before)
    const [log] = (await host.snapshot()).files.filter((file) => file.endsWith('createRuntime.log'))
    const text = (await host.run(['cat', log ?? ''])).stdout
    expect(text).toContain(`failed to find plugin "bridge" in path [${path}]`)
  })

  it.each(['portmap', 'firewall', 'tuning'])(
    'for a missing %s undoes what ran before it',
    async (plugin) => {
      const before = await own()
      await rm(`${path}/${plugin}`)
      const ran = await start()
      expect(ran.stderr).toContain(`failed to find plugin \\"${plugin}\\"`)
      expect(ran.stderr).not.toMatch(/failed \(delete\)/)
      expect(await own()).toEqual(before)
    },
  )

  it('for a plugin that fails shows its own words, and undoes what ran before it', async () => {
    const before = await own()
    await writeFile(
      `${path}/tuning`,
      `#!/bin/sh\n[ "$CNI_COMMAND" = DEL ] && exit 0\necho '{"code":11,"msg":"not today"}'; exit 1\n`,
    )
    await chmod(`${path}/tuning`, 0o755)
    const ran = await start()
    expect(ran.stderr).toContain('not today (CNI code 11)')
    expect(await own()).toEqual(before)
  })

  it('can be started again once the cause is gone', async () => {
    await rm(`${path}/bridge`)
    const { bundle } = await start()
    await cp(`${plugins}/bridge`, `${path}/bridge`)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('for an annotation that points elsewhere names it before any plugin runs', async () => {
    await mkdir(`${host.folder}/evil`)
    const bundle = await host.bundle(id, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', id)
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    for (const [key, value] of [
      ['nerdctl/state-dir', `${host.folder}/evil`],
      ['nerdctl/pid-file', `${host.folder}/evil/pid`],
      ['nerdctl/network-namespace', '/proc/1/ns/net'],
    ] as const) {
      const changed = { ...config, annotations: { ...config.annotations, [key]: value } }
      await writeFile(`${bundle}/config.json`, JSON.stringify(changed))
      const ran = await host.start(bundle, id)
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stderr).toContain(`annotation ${key}`)
      const log = `/var/lib/vethra/1935db59/containers/default/${id}/oci-hook.createRuntime.log`
      expect((await host.run(['cat', log])).stdout).toContain(`annotation ${key}`)
    }
    expect(await readdir(`${host.folder}/evil`)).toEqual([])
    expect((await host.snapshot()).links).toHaveLength(1)
  })

  it('does not read .env and bunfig.toml of the bundle', async () => {
    const bundle = await host.bundle(id, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', id)
    const proof = `${host.folder}/proof`
    await writeFile(
      `${bundle}/.env`,
      `CNI_PATH=${host.folder}/nowhere\nVETHRA_DATA_ROOT=${host.folder}/evil\n`,
    )
    await writeFile(`${bundle}/bunfig.toml`, `preload = ["./evil.ts"]\n`)
    await writeFile(`${bundle}/evil.ts`, `require('fs').writeFileSync('${proof}', 'ran')\n`)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readdir(host.folder)).not.toContain('proof')
    expect(await readdir(host.folder)).not.toContain('evil')
  })
})
