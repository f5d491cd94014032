import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { listeningPorts, socketHolders } from './index.ts'

it('names the process that listens, and nobody for a socket that is not there', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const found = (await listeningPorts()).find(
    (each) => each.protocol === 'tcp' && each.address === '127.0.0.1' && each.port === port,
  )
  const inode = found?.inode ?? ''
  expect(inode).toMatch(/^\d+$/)
  const holders = await socketHolders(new Set([inode, '1']))
  server.close()
  expect([...holders.keys()]).toEqual([inode])
  expect(holders.get(inode)).toEqual({ pid: process.pid, command: expect.stringMatching(/./) })
})

it('asked for no socket it looks at no process', async () => {
  expect(await socketHolders(new Set())).toEqual(new Map())
})
