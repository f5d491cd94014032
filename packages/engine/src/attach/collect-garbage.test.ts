import { parseConfList } from '@vethra/conflist'
import { beforeEach, expect, it } from 'vitest'
import { attach, identity, type SampleHost, sampleHost } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { HostTools } from './host-tools.ts'

const key = { network: 'lan', containerId: 'default-c1', ifname: 'eth0' }

let host: SampleHost
let tools: HostTools
let onLock: () => void

beforeEach(() => {
  host = sampleHost()
  attach(host)
  onLock = () => undefined
  const lock: HostTools['lock'] = {
    hold: async (path, work) => {
      if (path.includes('/attachment-')) onLock()
      return work(false)
    },
  }
  tools = { ...sampleTools(host).host, lock }
})

const collect = (keep?: Parameters<typeof collectGarbage>[2]) =>
  collectGarbage(tools, parseConfList(host.conf), keep)

it('detaches what is in a namespace that has gone, and returns it', async () => {
  delete host.namespaces['/n']
  expect(await collect()).toMatchObject([key])
  expect(host).toMatchObject({ records: [], done: ['DEL bridge'] })
})

it.each([
  ['that had gone', undefined],
  ['that is not to be kept', []],
])('leaves a container %s, and was attached again before its turn', async (_, keep) => {
  if (keep === undefined) delete host.namespaces['/n']
  const again = { ...key, netns: '/n2', ...identity, netnsId: '4:2', cookie: '4:2', nonce: 'again' }
  onLock = () => {
    host.namespaces['/n2'] = '4:2'
    host.records = [again]
  }
  expect(await collect(keep)).toEqual([])
  expect(host).toMatchObject({ records: [again], done: [] })
})
