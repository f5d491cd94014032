import type { Resource } from '@vethra/state'
import { expect, it } from 'vitest'
import { makeAll } from './make-all.ts'
import { attachment, bridge, holder, made, owned, removed } from './sample-state.ts'
import type { Current } from './subject.ts'

/** The cases of published ports and of elements in sets: whose they are, and where they lead. */
export function ofTheFirewall(subject: Current): void {
  it('refuses a port that leads elsewhere, and observes whose it is', async () => {
    const { kernel, netns, other } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    const theirs = attachment('db', 3).slice(-2, -1)
    const stolen = theirs.map(({ owner, resource }) => ({
      owner,
      resource: { ...resource, hostPort: 8002 } as Resource,
    }))
    const { failed } = await kernel.apply(other, made(stolen))
    expect(failed?.error.code).toBe(5)
    expect(await kernel.observe(other, stolen)).toEqual([own[8]])
    expect(await kernel.observe(netns, own.slice(-2))).toEqual(own.slice(-2))
  })

  it('finds ports by the address that they lead to, and effects with their owners', async () => {
    const { kernel, netns, other } = subject()
    const [web, db] = [attachment('web', 2), attachment('db', 3)]
    await makeAll(subject(), [...bridge, ...web])
    expect((await kernel.apply(other, made(db))).failed).toBeUndefined()
    const found = await kernel.publishedTo(['10.4.0.2', 'fd00:4::2'])
    expect(found).toHaveLength(2)
    expect(found).toEqual(expect.arrayContaining(web.slice(-2)))
    const effects = await kernel.effects()
    expect(effects).toHaveLength(7)
    expect(effects).toEqual(expect.arrayContaining([...bridge.slice(3), ...db.slice(-2)]))
    const doomed = await kernel.effects(holder('db'))
    expect(doomed).toHaveLength(2)
    expect(doomed).toEqual(expect.arrayContaining(db.slice(-2)))
    expect(await kernel.effects(holder('none'))).toEqual([])
    await kernel.apply('', removed(doomed))
    expect(await kernel.publishedTo(['10.4.0.3'])).toEqual([])
    expect((await kernel.observe(netns, web)).length).toBe(web.length)
  })

  it('keeps apart the ports of one number that are for different clients, and finds each', async () => {
    const { kernel, netns, other } = subject()
    const port = { kind: 'publish', protocol: 'tcp', hostPort: 80, port: 80 } as const
    const four = { ...port, address: '10.4.0.2', hostAddress: '0.0.0.0/0' }
    const six = { ...port, address: 'fd00:4::2', hostAddress: '2001:db8::1' }
    const web = owned(
      holder('web'),
      { ...four, source: '10.0.0.0-10.9.255.255' },
      { ...four, source: '11.0.0.0/8', from: '!eth0' },
      { ...four, source: '10.0.0.0/8', from: 'br-10.1*' },
      { ...six, source: '::/0', from: 'eth0' },
      { kind: 'published masquerade', address: '10.4.0.2' },
    )
    const db = owned(holder('db'), { ...four, address: '10.4.0.3', source: '12.0.0.0/8' })
    await makeAll(subject(), [...bridge, ...web])
    expect((await kernel.apply(other, made(db))).failed).toBeUndefined()
    expect(await kernel.observe(netns, web)).toEqual(web)
    const effects = await kernel.effects(holder('web'))
    expect(effects).toHaveLength(web.length)
    expect(effects).toEqual(expect.arrayContaining([...web]))
    expect(await kernel.publishedTo(['10.4.0.2'])).toHaveLength(3)
    expect(await kernel.publishedTo(['10.4.0.2'])).toEqual(expect.arrayContaining(web.slice(0, 3)))
    expect((await kernel.apply(netns, removed(effects))).failed).toBeUndefined()
    expect(await kernel.observe(netns, web)).toEqual([])
    expect(await kernel.effects(holder('db'))).toEqual(db)
  })

  it('changes many ports at once', async () => {
    const { kernel, netns } = subject()
    const ports = Array.from({ length: 1000 }, (_, at) => 20_000 + at)
    const many = owned(
      holder('web'),
      ...ports.map(
        (hostPort): Resource => ({
          kind: 'publish',
          protocol: 'tcp',
          hostPort,
          address: '10.4.0.2',
          port: hostPort,
        }),
      ),
    )
    await makeAll(subject(), many)
    expect(await kernel.observe(netns, many)).toEqual(many)
    expect((await kernel.apply(netns, removed(many))).failed).toBeUndefined()
    expect(await kernel.observe(netns, many)).toEqual([])
  })
}
