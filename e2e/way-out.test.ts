import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('the way out that an error tells', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
    const made = await host.vethra('network', 'create', '--subnet', '10.50.0.0/24', 'lan')
    expect(made.exitCode).toBe(0)
    await host.run(['ip', 'netns', 'add', 'blue'])
  })

  afterEach(async () => {
    await host.close()
  })

  const linesOf = (stderr: string, kind: string) =>
    stderr.split('\n').filter((line) => line.trimStart().startsWith(`${kind}:`))

  it.each([['inspect'], ['rm']])(
    'of two files of one network name names both: network %s',
    async (command) => {
      const dir = '/etc/cni/net.d'
      await host.run(['cp', `${dir}/nerdctl-lan.conflist`, `${dir}/99-copy.conflist`])
      const { exitCode, stderr } = await host.vethra('network', command, 'lan')
      expect(exitCode).toBe(1)
      for (const file of ['nerdctl-lan.conflist', '99-copy.conflist']) {
        expect(linesOf(stderr, 'error').join()).toContain(`${dir}/${file}`)
      }
      expect(linesOf(stderr, 'hint').join()).not.toMatch(/more of the id/)
    },
  )

  it('of a subnet in the table of a network whose conf list and bridge were removed by hand is not needed', async () => {
    const script = `"$0" cni add lan /run/netns/blue; "$0" cni del lan /run/netns/blue
      rm /etc/cni/net.d/nerdctl-lan.conflist; ip link delete $(ip -br link | grep -o 'br-[0-9a-f]*')
      "$0" network create --subnet 10.50.0.0/25 half`
    expect(await host.run(['sh', '-ec', script, executable])).toMatchObject({ exitCode: 0 })
    expect((await host.vethra('cni', 'add', 'half', '/run/netns/blue')).exitCode).toBe(0)
    const left = (await host.run(['nft', 'list', 'table', 'inet', 'vethra'])).stdout
    expect(left).not.toContain('vethra lan')
  })

  it('of too few open files is their limit, also as root', async () => {
    const add = ['cni', 'add', 'lan', '/run/netns/blue']
    const commands = [
      ['10', 'network', 'create', 'more'],
      ['10', 'doctor'],
      // Each has the descriptor for one step more.
      ...['6', '7', '8', '9', '10'].map((most) => [most, ...add]),
    ]
    for (const [most = '', ...command] of commands) {
      const limited = ['prlimit', `--nofile=${most}`, executable]
      const { exitCode, stderr } = await host.run([...limited, ...command])
      expect.soft(exitCode, stderr).toBe(1)
      expect.soft(stderr).toContain('EMFILE')
      expect.soft(linesOf(stderr, 'hint').join(), stderr).toMatch(/RLIMIT_NOFILE/)
      expect.soft(linesOf(stderr, 'hint').join()).not.toMatch(/root|executable/)
      const lines = stderr.split('\n')
      expect.soft(new Set(lines).size, stderr).toBe(lines.length)
    }
  })

  it.each([
    ['network', 'rm', 'lan'],
    ['cni', 'add', 'lan', '/run/netns/blue'],
    ['cni', 'del', 'lan', '/run/netns/blue'],
    ['doctor'],
  ])('of a process that may make no machine code is to allow it: %s', async (...command) => {
    const env = { BUN_JSC_useJIT: 'false' }
    const ran = await host.run([executable, ...command], { env })
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ran.stderr.split('\n')).toEqual([
      expect.stringMatching(/^error: cannot call libc/),
      expect.stringMatching(/^ {2}hint: .*BUN_JSC_useJIT.*MemoryDenyWriteExecute/),
    ])
  })

  it('of a /run/vethra that is a file is to remove it', async () => {
    await host.run(['sh', '-c', 'rm -rf /run/vethra; echo x > /run/vethra'])
    for (const command of [['cni', 'add', 'lan', '/run/netns/blue'], ['daemon']]) {
      const { exitCode, stderr } = await host.vethra(...command)
      expect.soft(exitCode).toBe(1)
      expect.soft(stderr).toMatch(/ENOTDIR|EEXIST/)
      expect.soft(linesOf(stderr, 'hint'), stderr).toEqual([expect.stringMatching(/file/)])
    }
    const found = await host.vethra('doctor', '--format', '{{.Subject}}')
    expect(found.stdout.split('\n')).toContain('/run/vethra')
    await host.vethra('doctor', '--repair')
    expect((await host.vethra('cni', 'add', 'lan', '/run/netns/blue')).exitCode).toBe(0)
  })

  it('of a failure that its undoing meets again is told once', async () => {
    const list = {
      cniVersion: '1.0.0',
      name: 'wrong',
      plugins: [{ type: 'bridge', ipam: { type: 'host-local', subnet: '10.51.0.0/31' } }],
    }
    const input = JSON.stringify(list)
    await host.run(['sh', '-c', 'cat > /etc/cni/net.d/wrong.conflist'], { input })
    const { exitCode, stderr } = await host.vethra('cni', 'add', 'wrong', '/run/netns/blue')
    expect(exitCode).toBe(1)
    expect(stderr.match(/too small to allocate from/g)).toHaveLength(1)
  })
})
