import { afterEach, beforeEach, expect, it } from 'vitest'
import { findingsOn } from './doctor-findings.ts'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran } from './host.ts'

// What stands where a file belongs: opening the one waits, reading the other never ends, the next is not for us.
const oddities = [
  'mkfifo "$1"',
  'ln -s /dev/zero "$1"',
  'ln -s "$1" "$1"',
  'mkdir "$1"',
  'echo x >"$1"; chmod 0 "$1"',
  'truncate -s 20M "$1"',
] as const

describeOnHost('what is no file of ours, in a folder of ours,', () => {
  let host: Host
  let web: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    await host.vethra('network', 'create', 'lan')
    const bundle = await host.bundle(web, ['sleep', '600'])
    const flags = ['--id', web, '--name', 'shop', '--network', 'lan', '-p', '8080:80']
    expect(await host.vethra('bundle', 'prepare', bundle, ...flags)).toMatchObject({ exitCode: 0 })
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
  })

  afterEach(async () => {
    await host.close()
  })

  const sh = (script: string, ...args: readonly string[]): Promise<Ran> =>
    host.run(['sh', '-ec', script, 'sh', ...args])
  const store = async () => (await sh('echo /var/lib/vethra/????????')).stdout
  // Without it, waiting for a FIFO would have no end.
  const limited = (...args: readonly string[]) =>
    host.run(['timeout', '-s', 'KILL', '60', executable, ...args])

  it.each([
    ['an empty resolv.conf', ': >"$1/resolv.conf"', 'file-empty'],
    ['an empty hostname', ': >"$1/hostname"', 'file-empty'],
    ['no vethra.json', 'rm "$1/vethra.json"', 'container-damaged'],
  ])('%s of a running container is told, and left as it is', async (_, damage, kind) => {
    const folder = `${await store()}/containers/default/${web}`
    const kinds = async () => {
      const { stdout } = await host.vethra('doctor', '--format', 'json')
      return (JSON.parse(stdout) as readonly { Kind: string }[]).map(({ Kind }) => Kind)
    }
    expect(await kinds()).not.toContain(kind)
    await sh(damage, folder)
    const before = await sh('stat -c "%n %i %s" "$1"/*', folder)
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
    expect(await kinds()).toContain(kind)
    expect(await sh('stat -c "%n %i %s" "$1"/*', folder)).toEqual(before)
  })

  it('stops neither doctor nor listings', async () => {
    const data = await store()
    const folders = [
      '/var/lib/vethra/attachments',
      '/var/lib/cni/results',
      '/var/lib/cni/networks',
      '/var/lib/cni/networks/lan',
      `${data}/containers`,
      `${data}/containers/default`,
      `${data}/etchosts`,
      `${data}/etchosts/default`,
      `${data}/names`,
      `${data}/names/default`,
      '/run/vethra/ports',
      '/run/vethra/locks',
      '/run/vethra/ipam',
      '/etc/cni/net.d',
    ]
    for (const folder of folders) {
      for (const [index, put] of oddities.entries()) {
        const names = [
          `odd${index}`,
          `odd${index}\nx\x1b[31m`,
          `10.4.1.7${index}`,
          `lan-default-${web}-eth7${index}`,
        ]
        const paths = [...names, `odd${index}.conflist`].map((name) => `${folder}/${name}`)
        await sh(`mkdir -p "$(dirname "$1")"; for path; do set -- "$path"; ${put}; done`, ...paths)
      }
    }
    const found = await limited('doctor', '--format', 'json')
    expect(found.stderr).not.toMatch(/cannot read/)
    expect(JSON.parse(found.stdout)).not.toEqual([])
    for (const args of [
      ['container', 'ls', '-q'],
      ['container', 'inspect', 'shop'],
      ['network', 'ls', '-q'],
      ['ipam', 'ls'],
      ['ipam', 'gc', '--dry-run'],
      ['cni', 'gc', 'lan'],
    ]) {
      expect.soft(await limited(...args), args.join(' ')).toMatchObject({ exitCode: 0 })
    }
    // Go's host-local opens every file there is: it would wait for ever.
    await sh('cd /var/lib/cni/networks/lan; rm -rf odd* *.7? *-eth7?')
    expect((await host.stop(web)).exitCode).toBe(0)
    const left = await sh('ls /var/lib/vethra/attachments /var/lib/cni/results')
    expect(left.stdout).not.toMatch(/eth0/)
  }, 60_000)

  it.each([0, 2, 4])(
    'in place of each of its own files, stops no doctor (%i)',
    async (round) => {
      const data = await store()
      const files = [
        `/var/lib/vethra/attachments/lan-default-${web}-eth0`,
        `/var/lib/cni/results/lan-default-${web}-eth0`,
        `${data}/containers/default/${web}/vethra.json`,
        `${data}/containers/default/${web}/lifecycle.json`,
        `${data}/etchosts/default/${web}/meta.json`,
        `${data}/etchosts/default/${web}/hosts`,
        `${data}/names/default/shop`,
        `/run/vethra/ports/default-${web}`,
      ]
      const indexes = (await sh('find /run/vethra/hosts /run/vethra/ipam -type f')).stdout
      const all = [...files, ...indexes.split('\n').filter(Boolean)]
      for (const [index, file] of all.entries()) {
        await sh(`rm -f "$1"; ${oddities[(index + round) % oddities.length]}`, file)
      }
      const found = await limited('doctor', '--format', 'json')
      expect(found.exitCode, found.stderr).toBe(1)
      expect(JSON.parse(found.stdout)).not.toEqual([])
      expect((await limited('doctor', '--repair')).exitCode).toBeLessThan(2)
    },
    60_000,
  )

  it('is not needed to tell of a running container whose files were removed', async () => {
    const told = async () =>
      (await findingsOn(host)).flatMap(({ Kind, Subject, Repair }) =>
        Kind === 'container-damaged' ? `${Subject}${Repair}` : [],
      )
    expect(await told()).toEqual([])
    await sh('rm /var/lib/vethra/*/containers/default/*/lifecycle.json')
    expect(await told()).toEqual([`default/${web}`])
    await sh('rm -r /var/lib/vethra')
    expect(await told()).toEqual([`default-${web}`])
    await sh('rm -r /var/lib/cni')
    const held = (await sh('cat /run/vethra/ports/*')).stdout
    await host.vethra('doctor', '--repair')
    expect((await sh('cat /run/vethra/ports/*')).stdout).toBe(held)
  })
})
