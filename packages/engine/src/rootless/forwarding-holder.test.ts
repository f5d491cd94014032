import { CniError } from '@vethra/cni'
import { formatSocket, heldSockets, type PortMapping } from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'
import { memoryRootlessKit } from '@vethra/memory-world'
import type { PortHolder } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import { forwardingHolder } from './forwarding-holder.ts'

const at = (hostPort: number, hostIP = '0.0.0.0'): PortMapping => ({
  ...{ hostIP, hostPort, containerPort: 80, protocol: 'tcp' },
})

/** A holder in a Map: a socket is one container's. */
function memoryHolder(): PortHolder {
  const holds = new Map<string, ObservedPortHold>()
  return {
    async hold({ containerId, pid, ports }) {
      holds.delete(containerId)
      const sockets = heldSockets(ports).map(formatSocket)
      const taken = [...holds.values()].some((each) =>
        each.sockets.some((s) => sockets.includes(s)),
      )
      if (taken) throw new CniError({ code: 102, message: 'taken' })
      if (sockets.length > 0)
        holds.set(containerId, { containerId, sockets, pid, alive: true, recorded: true })
      return { settled: async () => {} }
    },
    release: async ({ containerId }) => void holds.delete(containerId),
    list: async () => [...holds.values()],
  }
}

function host(...options: Parameters<typeof memoryRootlessKit>) {
  const [inner, kit] = [memoryHolder(), memoryRootlessKit(...options)]
  return { inner, kit, ports: forwardingHolder(inner, kit) }
}

async function failing(): Promise<never> {
  throw new CniError({ code: 5, message: 'no answer' })
}

const parentPorts = async (kit: ReturnType<typeof memoryRootlessKit>) =>
  (await kit.ports()).map(({ parentIP, parentPort }) => `${parentIP}:${parentPort}`)

describe('forwardingHolder', () => {
  it('what is held inside is forwarded, and what is freed is not', async () => {
    const { kit, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), at(8081, '192.0.2.1')] })
    expect(await parentPorts(kit)).toEqual(['0.0.0.0:8080', '192.0.2.1:8081'])
    expect((await ports.list())[0]?.sockets).toEqual(['0.0.0.0:8080/tcp', '127.0.0.1:8081/tcp'])
    await ports.release({ containerId: 'a', ports: [] })
    expect(await kit.ports()).toEqual([])
    expect(await ports.list()).toEqual([])
  })

  it.each([
    ['a privileged port', at(80), 5],
    ['a port that RootlessKit forwards for somebody else', at(9000), 102],
  ])('%s: what was forwarded before it is not any more', async (_, port, code) => {
    const { kit, ports } = host()
    const foreign = { ...{ proto: 'tcp', parentIP: '0.0.0.0', parentPort: 9000 } }
    await kit.forward({ ...foreign, childIP: '', childPort: 9000 })
    const held = ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), port] })
    await expect(held).rejects.toMatchObject({ code, hint: expect.any(String) })
    expect(await parentPorts(kit)).toEqual(['0.0.0.0:9000'])
    expect(await ports.list()).toEqual([])
  })

  it('numbers of an earlier life are found by what is held, and freed', async () => {
    const { kit, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), at(8081)] })
    await ports.hold({ containerId: 'b', pid: 2, ports: [at(9000)] })
    await ports.hold({ containerId: 'a', pid: 3, ports: [at(8080)] })
    expect(await parentPorts(kit)).toEqual(['0.0.0.0:9000', '0.0.0.0:8080'])
    await ports.hold({ containerId: 'a', pid: 4, ports: [] })
    expect(await parentPorts(kit)).toEqual(['0.0.0.0:9000'])
  })

  it('ports of another container stay where this one wants them', async () => {
    const { kit, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080)] })
    const held = ports.hold({ containerId: 'b', pid: 2, ports: [at(8080)] })
    await expect(held).rejects.toMatchObject({ code: 102 })
    await ports.release({ containerId: 'b', ports: [at(8080)] })
    expect(await parentPorts(kit)).toEqual(['0.0.0.0:8080'])
  })

  it('a port that RootlessKit has lost is listed with its socket', async () => {
    const { kit, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), at(8081)] })
    const [{ id } = { id: 0 }] = await kit.ports()
    await kit.stopForwarding(id)
    expect(await ports.list()).toMatchObject([{ unforwarded: ['0.0.0.0:8080/tcp'] }])
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), at(8081)] })
    expect((await ports.list())[0]).not.toHaveProperty('unforwarded')
  })

  it('of a RootlessKit that does not answer nothing is told, and what is held inside is listed', async () => {
    const { kit, inner, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080)] })
    const silent = forwardingHolder(inner, { ...kit, info: failing })
    expect(await silent.list()).toEqual(await inner.list())
    await expect(silent.release({ containerId: 'a', ports: [] })).rejects.toMatchObject({ code: 5 })
    expect(await inner.list()).toHaveLength(1)
  })

  it('what cannot be undone is left with its record, and freed by the next command', async () => {
    const { kit, inner } = host()
    const ports = forwardingHolder(inner, { ...kit, stopForwarding: failing })
    const held = ports.hold({ containerId: 'a', pid: 1, ports: [at(8080), at(80)] })
    await expect(held).rejects.toMatchObject({ code: 106 })
    expect(await inner.list()).toHaveLength(1)
    await forwardingHolder(inner, kit).release({ containerId: 'a', ports: [] })
    expect([await kit.ports(), await inner.list()]).toEqual([[], []])
  })

  it('a release that is cut short is done by the next one', async () => {
    const { kit, inner, ports } = host()
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080)] })
    const cut = forwardingHolder(inner, { ...kit, stopForwarding: failing })
    await expect(cut.release({ containerId: 'a', ports: [] })).rejects.toMatchObject({ code: 5 })
    await ports.release({ containerId: 'a', ports: [] })
    expect([await kit.ports(), await inner.list()]).toEqual([[], []])
  })

  it('under an implicit port driver the socket inside is all there is', async () => {
    const { kit, ports } = host({ info: { portDriver: 'implicit', networkDriver: 'pasta' } })
    await ports.hold({ containerId: 'a', pid: 1, ports: [at(8080)] })
    expect((await ports.list())[0]?.sockets).toEqual(['0.0.0.0:8080/tcp'])
    const held = ports.hold({ containerId: 'b', pid: 2, ports: [at(8081, '127.0.0.1')] })
    await expect(held).rejects.toMatchObject({ code: 100 })
    expect(await kit.ports()).toEqual([])
    await ports.release({ containerId: 'a', ports: [] })
    expect(await ports.list()).toEqual([])
  })
})
