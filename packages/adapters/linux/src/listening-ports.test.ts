import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { listeningPorts } from './index.ts'
import { parseSctpEndpoints } from './listening-ports.ts'

const open: (Server | Socket)[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

async function listen(address: string): Promise<number> {
  const server = createServer((socket) => socket.end())
  open.push(server)
  server.listen(0, address)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function bind(kind: 'udp4' | 'udp6', address: string): Promise<number> {
  const socket = createSocket(kind)
  open.push(socket)
  socket.bind(0, address)
  await once(socket, 'listening')
  return socket.address().port
}

it('finds what listens, and no connection', async () => {
  const tcp = await listen('127.0.0.1')
  const all = await listen('0.0.0.0')
  const tcp6 = await listen('::1')
  const udp = await bind('udp4', '127.0.0.1')
  const udp6 = await bind('udp6', '::')
  const client = connect(tcp, '127.0.0.1')
  await once(client, 'connect')
  const found = await listeningPorts()
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ protocol: 'tcp', address: '127.0.0.1', port: tcp }),
      expect.objectContaining({ protocol: 'tcp', address: '0.0.0.0', port: all }),
      expect.objectContaining({ protocol: 'tcp', address: '::1', port: tcp6 }),
      expect.objectContaining({ protocol: 'udp', address: '127.0.0.1', port: udp }),
      expect.objectContaining({ protocol: 'udp', address: '::', port: udp6 }),
    ]),
  )
  const { localAddress: address, localPort: port } = client
  expect(found).not.toContainEqual(expect.objectContaining({ protocol: 'tcp', address, port }))
  client.destroy()
})

it('reads the endpoints of SCTP', () => {
  const text = ` ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
ffff8880 ffff8881 2   10  29   5000   0 12345 10.0.0.1 127.0.0.1
ffff8882 ffff8883 2   10  30   38412  0 12346 0000:0000:0000:0000:0000:0000:0000:0001
`
  expect(parseSctpEndpoints(text)).toEqual([
    { protocol: 'sctp', address: '10.0.0.1', port: 5000, inode: '12345' },
    { protocol: 'sctp', address: '127.0.0.1', port: 5000, inode: '12345' },
    { protocol: 'sctp', address: '::1', port: 38412, inode: '12346' },
  ])
})
