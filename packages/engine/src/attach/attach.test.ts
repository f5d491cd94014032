import { CniError, type PluginCall } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { CachedAttachment } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AttachTools, attach, detach } from './attach.ts'
import { cniRuntime } from './cni-runtime.ts'

const list = parseConfList(
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"a"},{"type":"b"}]}',
)
const attachment = {
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [['K', 'V']] as const,
  capabilityArgs: {},
}

let calls: PluginCall[]
let entries: CachedAttachment[]
let broken: string[]
let tools: AttachTools

beforeEach(() => {
  calls = []
  entries = []
  broken = []
  tools = {
    runner: {
      run: async (call) => {
        calls.push(call)
        if (broken.includes(`${call.operation} ${call.type}`)) {
          throw new CniError({ code: 7, message: `${call.type} is broken` })
        }
        return '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"}]}'
      },
    },
    cache: {
      flush: async () => undefined,
      check: async () => undefined,
      read: async () => entries[0],
      write: async (entry) => {
        if (broken.includes('cache')) throw new CniError({ code: 5, message: 'disk full' })
        entries = [entry]
      },
      remove: async () => {
        entries = []
      },
      list: async () => entries,
    },
  }
})

const ran = () => calls.map(({ operation, type }) => `${operation} ${type}`)

describe('cniRuntime', () => {
  it('undoes an ADD that is not certain to outlive a power cut', async () => {
    const full = new CniError({ code: 5, message: 'disk full' })
    const cache = { ...tools.cache, flush: () => Promise.reject(full) }
    const adding = cniRuntime({ ...tools, cache }).addNetworkList(list, attachment)
    await expect(adding).rejects.toBe(full)
    expect(ran()).toEqual(['ADD a', 'ADD b', 'DEL b', 'DEL a'])
    expect(entries).toEqual([])
  })
})

describe('attach', () => {
  it('remembers the attachment as it was made', async () => {
    await attach(tools, list, attachment)
    expect(entries).toMatchObject([{ network: 'lan', attachment, listText: list.text }])
  })

  it.each([
    [{ ...attachment, containerId: '../x' }, 4],
    [{ ...attachment, containerId: '' }, 3],
    [{ ...attachment, ifname: 'a b' }, 4],
  ])('refuses bad names before anything runs', async (bad, code) => {
    await expect(attach(tools, list, bad)).rejects.toMatchObject({ code })
    expect(calls).toEqual([])
  })

  it('undoes everything when the attachment cannot be remembered', async () => {
    broken = ['cache']
    await expect(attach(tools, list, attachment)).rejects.toMatchObject({ code: 5 })
    expect(ran()).toEqual(['ADD a', 'ADD b', 'DEL b', 'DEL a'])
  })

  it('remembers nothing of a failure', async () => {
    broken = ['ADD b']
    await expect(attach(tools, list, attachment)).rejects.toMatchObject({ code: 7 })
    expect(entries).toEqual([])
  })
})

describe('detach', () => {
  it('uses what was cached at ADD, even when the list is gone, with the netns of now', async () => {
    await attach(tools, list, attachment)
    calls = []
    await detach(tools, {
      network: 'lan',
      list: undefined,
      attachment: { ...attachment, netns: '', cniArgs: [] },
    })
    expect(ran()).toEqual(['DEL b', 'DEL a'])
    expect(calls[0]).toMatchObject({ netns: '', cniArgs: [['K', 'V']] })
    expect(JSON.parse(calls[0]?.stdin ?? '').prevResult.ips).toHaveLength(1)
    expect(entries).toEqual([])
  })

  it('uses the list at hand where the entry is damaged', async () => {
    entries = [{ network: 'lan', attachment, listText: '{', result: 'nonsense' }]
    await detach(tools, { network: 'lan', list, attachment })
    expect(ran()).toEqual(['DEL b', 'DEL a'])
    expect(JSON.parse(calls[0]?.stdin ?? '').prevResult).toBeUndefined()
  })

  it('keeps the entry while a plugin fails, and the next try succeeds', async () => {
    await attach(tools, list, attachment)
    broken = ['DEL b']
    await expect(detach(tools, { network: 'lan', list, attachment })).rejects.toMatchObject({
      code: 7,
    })
    expect(ran()).toContain('DEL a')
    expect(entries).toHaveLength(1)
    broken = []
    await detach(tools, { network: 'lan', list, attachment })
    expect(entries).toEqual([])
  })

  it('succeeds when nothing is attached', async () => {
    await detach(tools, { network: 'lan', list: undefined, attachment })
    expect(calls).toEqual([])
  })
})
