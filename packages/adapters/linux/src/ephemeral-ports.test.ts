import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ephemeralPorts } from './index.ts'

it('the ephemeral ports are those of the kernel', async () => {
  const { first, last } = await ephemeralPorts()
  const said = execFileSync('cat', ['/proc/sys/net/ipv4/ip_local_port_range'], { encoding: 'utf8' })
  expect(said.trim().split(/\s+/)).toEqual([String(first), String(last)])
})
