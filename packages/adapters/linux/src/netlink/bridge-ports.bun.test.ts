import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

it.each([
  ['by /sys of this namespace', 'mount -t sysfs none /sys'],
  ['by links, where /sys is of another', ':'],
])('the ports of a bridge are counted %s', (_, mounted) => {
  const ports = [1, 2, 3].map(
    (each) => `ip link add p${each} master br0 type veth peer name q${each}`,
  )
  const script = ['ip link add br0 type bridge', ...ports, mounted].join(' && ')
  const said = inHost(
    `import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
    const { links } = await netlinkKernel({ zoneRecords: '/run/vethra/firewalld' }).facts({ links: ['br0', 'p1'] })
    console.log(JSON.stringify([links.br0.ports, links.p1.ports ?? null]))`,
    script,
  )
  expect(said).toEqual([3, null])
})
