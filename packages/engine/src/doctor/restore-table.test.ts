import type { Change, Owned } from '@vethra/state'
import type { AttachmentKernel, Memory } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import type { DoctorTools } from './doctor-tools.ts'
import { restoreTable } from './restore-table.ts'

const recordOf = (containerId: string) => ({
  ...{ network: 'lan', containerId, ifname: 'eth0', netns: '/x', ways: ['native'] },
  made: { network: 'lan', attachment: { containerId } },
})

const masquerade: Owned = {
  owner: { kind: 'network', network: 'lan' },
  resource: { kind: 'masquerade', subnet: '10.4.1.0/24' },
}

function portOf(containerId: string): Owned {
  const address = containerId === 'a' ? '10.4.1.2' : '10.4.1.3'
  const hostPort = containerId === 'a' ? 80 : 81
  return {
    owner: { kind: 'attachment', network: 'lan', containerId, ifname: 'eth0' },
    resource: { kind: 'publish', protocol: 'tcp', hostPort, address, port: 80 },
  } as Owned
}

/**
 * Restores the table of a kernel that has these effects `before`. Each of `looks` is the containers recorded when the records are
 * read, the last one again and again. Returns how many effects were made, and what the kernel was asked to do, in order.
 */
async function played(looks: readonly (readonly string[])[], before: readonly Owned[] = []) {
  const done: string[] = []
  let look = 0
  const kernel = {
    effects: async () => before,
    fillTable: async () => void done.push('fill'),
    apply: async (netns: string, changes: readonly Change[]) => {
      const words = changes.map((each) => {
        const { resource } = each.kind === 'remove' ? each.from : each.to
        return `${each.kind} ${resource.kind}`
      })
      done.push(`${netns}${words.join(', ')}`)
      return { done: changes }
    },
  } as unknown as AttachmentKernel
  const memory = async () => {
    const ids = looks[Math.min(look, looks.length - 1)] ?? []
    look += 1
    return { records: ids.map(recordOf), cached: [], damaged: [] } as unknown as Memory
  }
  const effectsOf: DoctorTools['effectsOf'] = ({ made }) => [
    masquerade,
    portOf(made.attachment.containerId),
  ]
  const host = { kernel: async () => kernel }
  const effects = await restoreTable({ host, memory, effectsOf } as unknown as DoctorTools)
  return { effects, done }
}

describe('a flushed table', () => {
  it('is filled in one transaction, with what containers share once', async () => {
    expect(await played([['a', 'b']])).toEqual({
      effects: 3,
      done: ['fill', 'make masquerade, make publish, make publish'],
    })
  })

  it('loses what came back of an attachment that ended meanwhile', async () => {
    const { done } = await played([['a', 'b'], ['a']])
    expect(done.slice(2)).toEqual(['remove publish'])
  })

  it('is filled beside what a resolver has put there again', async () => {
    const resource = { kind: 'isolate', bridge: 'br0', from: 'dnsonly' } as const
    const mark: Owned = { owner: { kind: 'network', network: 'lan' }, resource }
    expect((await played([['a']], [mark])).effects).toBe(2)
  })

  it.each([
    ['where something of ours is in it', [['a']], [masquerade]],
    ['where nothing is recorded', [[]], []],
  ] as const)('is left as it is %s', async (_, looks, before) => {
    expect(await played(looks, before)).toEqual({ effects: 0, done: [] })
  })
})
