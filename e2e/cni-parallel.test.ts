import { afterEach, beforeEach, expect, it } from 'vitest'
import { byVethra, makeMembers, makeNetworks, playRound } from './cni-crowd.ts'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

const containers = Number(process.env['VETHRA_TEST_CONTAINERS'] ?? 12)

describeOnHost('many at once, on a fresh host', () => {
  let host: Host
  beforeEach(async () => {
    host = await openHost()
  })
  afterEach(async () => {
    await host.run([
      'sh',
      '-c',
      'for n in $(ip netns list | cut -d" " -f1); do ip netns del $n; done',
    ])
    await host.close()
  })

  it.each([1, 8])(
    'attach and detach on %i networks: no failure, nothing twice, nothing left',
    async (count) => {
      const members = await makeMembers(host, containers, await makeNetworks(host, count))
      const { faults } = await playRound(host, members, byVethra(host))
      expect(faults).toEqual([])
    },
  )

  it('of those who ask for the same interface at once one gets it, and keeps it', async () => {
    const members = await makeMembers(host, 1, await makeNetworks(host, 1))
    const way = byVethra(host)
    const [member] = members
    if (member === undefined) throw new Error('no member')
    const rans = await Promise.all([way('add', member), way('add', member), way('add', member)])
    expect(rans.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1, 1])
    for (const { exitCode, stderr } of rans) {
      if (exitCode !== 0) expect(stderr).toContain('(code 102)')
    }
    const { network, netns } = member
    expect((await host.vethra('cni', 'check', network, netns)).exitCode).toBe(0)
    const reserved = await host.run(['sh', '-c', 'ls /var/lib/cni/networks/net0 | grep -c "^10"'])
    expect(reserved.stdout).toBe('1')
    await Promise.all([way('del', member), way('del', member)])
    expect((await host.snapshot()).rules.filter((rule) => rule.includes('cnitool-'))).toEqual([])
  })
})
