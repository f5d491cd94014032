import type { Owned, Resource, State } from '@vethra/state'
import { expect, it } from 'vitest'
import { describeSubject } from '../describe-subject.ts'
import { ofTheFirewall } from './firewall-cases.ts'
import { makeAll } from './make-all.ts'
import { attachment, bridge, holder, host, made, ofKind, owned, removed } from './sample-state.ts'
import type { Current, OpenKernel } from './subject.ts'

/** Declares the cases that every `AttachmentKernel` has to pass. `open` is called before each of them. */
export function describeKernel(name: string, open: OpenKernel): void {
  describeSubject(name, open, madeAndRemoved, altered, refused, ofTheFirewall, withoutNamespace)
}

function isOfFour({ resource }: Owned): boolean {
  if (resource.kind === 'address') return !resource.address.includes(':')
  return resource.kind === 'route' && !resource.destination.includes(':')
}

function madeAndRemoved(subject: Current): void {
  it('observes what was made as it was wanted, with its owners, and nothing that was not', async () => {
    const { kernel, netns } = subject()
    const all = [...bridge, ...attachment('web', 2)]
    expect(await kernel.observe(netns, all)).toEqual(
      // The settings of lo are there before.
      [expect.objectContaining({ resource: expect.objectContaining({ link: 'lo' }) })],
    )
    await makeAll(subject(), all)
    // The kernel says more of a link than was wanted.
    const observed = await kernel.observe(netns, [...all, ...attachment('other', 3).slice(-2)])
    expect(observed).toMatchObject(all)
  })

  it('observes the default routes of IPv6 by two interfaces, which Linux joins into one', async () => {
    const { kernel, netns } = subject()
    const second = attachment('back', 3).flatMap(({ owner, resource }): State => {
      if (resource.kind === 'link') return [{ owner, resource: { ...resource, name: 'eth1' } }]
      if (resource.kind === 'address') return [{ owner, resource: { ...resource, link: 'eth1' } }]
      if (resource.kind !== 'route') return []
      return [{ owner, resource: { ...resource, link: 'eth1', inFront: true } }]
    })
    const isOfSix = ({ resource }: Owned) =>
      resource.kind === 'route' && resource.destination === '::/0'
    const both = [...attachment('web', 2), ...second.filter((each) => !isOfFour(each))]
    await makeAll(subject(), [...bridge, ...both])
    const routes = both.filter(isOfSix)
    const links = (await kernel.observe(netns, routes)).map(({ resource: { kind, ...more } }) => [
      kind,
      'link' in more ? more.link : '',
    ])
    expect(links).toEqual([
      ['route', 'eth0'],
      ['route', 'eth1'],
    ])
  })

  it('tells the kind, MAC and MTU of the links that are asked for, and leaves out missing ones', async () => {
    await makeAll(subject(), bridge)
    const { links } = await subject().kernel.facts({ links: ['br-t', 'nope'] })
    expect(Object.keys(links)).toEqual(['br-t'])
    expect(links['br-t']).toMatchObject({ kind: 'bridge', mac: '02:00:00:00:00:09', mtu: 1500 })
  })

  it('removes with a link what it carries, and what is removed twice is no error', async () => {
    const { kernel, netns } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    const going = removed([own[8], own[9], own[0]].flatMap((each) => each ?? []))
    for (const time of ['first', 'second']) {
      const { failed, done } = await kernel.apply(netns, going)
      expect([time, failed, done.length]).toEqual([time, undefined, going.length])
    }
    expect((await kernel.observe(netns, own)).map(({ resource }) => resource.kind)).toEqual([
      'link settings',
    ])
    expect((await kernel.observe(netns, bridge)).length).toBe(bridge.length)
  })

  it('looks into a namespace: at what was expected, and at the routes of one interface', async () => {
    const { kernel, netns } = subject()
    const own = attachment('web', 2)
    const second = attachment('back', 3).flatMap(({ owner, resource }): State => {
      if (resource.kind === 'link') return [{ owner, resource: { ...resource, name: 'eth1' } }]
      return resource.kind === 'address' ? [{ owner, resource: { ...resource, link: 'eth1' } }] : []
    })
    await makeAll(subject(), [...bridge, ...own, ...second])
    const { found, routes, neighbours } = await kernel.lookInside(netns, 'eth0', own)
    expect(found).toMatchObject(own)
    expect(routes.every(({ link }) => link === 'eth0')).toBe(true)
    expect(routes.filter(({ gateway }) => gateway).map((each) => each.gateway)).toEqual(
      own.flatMap(({ resource }) => (resource.kind === 'route' ? (resource.gateway ?? []) : [])),
    )
    expect(neighbours).toEqual([])
    expect(await kernel.lookInside(netns, 'eth9', [])).toEqual({
      ...{ found: [], routes: [], neighbours: [], refusals: [], addresses: [] },
    })
  })

  it('lists the interfaces of the host that bear marks, with their owners', async () => {
    const { kernel, netns } = subject()
    await makeAll(subject(), [...bridge, ...attachment('web', 2)])
    const marked = await kernel.marked()
    expect(marked.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'br-t', owner: { kind: 'network', network: 'lan' } },
      { name: 'veth-web', owner: holder('web'), bridge: 'br-t' },
    ])
    await kernel.apply(netns, removed(attachment('web', 2).slice(0, 1)))
    expect((await kernel.marked()).map(({ name }) => name)).toEqual(['br-t'])
  })

  it('removes an address and a route by themselves', async () => {
    const { kernel, netns } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    const going = [own[7], own[4]].flatMap((each) => each ?? [])
    expect((await kernel.apply(netns, removed(going))).failed).toBeUndefined()
    expect(await kernel.observe(netns, going)).toEqual([])
  })

  it('writes settings, and passes over an optional one that the kernel has not', async () => {
    const { kernel, netns } = subject()
    const setting = (key: string, optional = false): Resource => ({
      kind: 'sysctl',
      place: 'container',
      key,
      value: '1',
      ...(optional ? { optional } : {}),
    })
    const forwarding = owned(host, setting('net/ipv4/ip_forward'))
    await makeAll(subject(), [...forwarding, ...owned(host, setting('net/ipv4/nonesuch', true))])
    expect(await kernel.observe(netns, forwarding)).toEqual(forwarding)
    const { failed } = await kernel.apply(netns, made(owned(host, setting('net/ipv4/nonesuch'))))
    expect(failed?.error.code).toBe(5)
  })
}

function altered(subject: Current): void {
  it('switches ARP of an interface off, and on again', async () => {
    const { kernel, netns } = subject()
    await makeAll(subject(), [...bridge, ...attachment('web', 2)])
    for (const arp of [false, true]) {
      const eth0 = { kind: 'link settings', place: 'container', link: 'eth0', arp } as const
      const settings = owned(host, eth0)
      expect((await kernel.apply(netns, made(settings))).failed).toBeUndefined()
      expect(await kernel.observe(netns, settings)).toMatchObject(settings)
    }
  })

  it('alters a link, its port and its limit in place', async () => {
    const { kernel, netns } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    const link = ofKind(own, 'link')
    const port = ofKind(own, 'bridge port')
    const down = { ...link, resource: { ...link.resource, up: false } as Resource }
    const plain = { ...port, resource: { ...port.resource, hairpin: false } as Resource }
    const { failed } = await kernel.apply(netns, [
      { kind: 'alter', from: link, to: down },
      { kind: 'alter', from: port, to: plain },
    ])
    expect(failed).toBeUndefined()
    expect(await kernel.observe(netns, [link, port])).toMatchObject([down, plain])
  })
}

function refused(subject: Current): void {
  it('ends with the first refusal, and says what was done before', async () => {
    const { kernel, netns } = subject()
    const [link, , , address] = attachment('web', 2)
    const nowhere = owned(holder('web'), {
      kind: 'address',
      place: 'container',
      link: 'eth9',
      address: '10.4.0.9',
      prefixLength: 24,
    })
    const wanted = [...bridge, link, ...nowhere, address].flatMap((each) => each ?? [])
    const { done, failed } = await kernel.apply(netns, made(wanted))
    expect(failed?.error.code).toBe(5)
    expect(failed?.change).toMatchObject({ kind: 'make', to: { resource: { link: 'eth9' } } })
    expect(done.length).toBe(bridge.length + 1)
    expect(await kernel.observe(netns, address ? [address] : [])).toEqual([])
  })

  it('refuses a container’s link that exists, and lets pass what a network has already', async () => {
    const { kernel, netns } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    await makeAll(subject(), bridge)
    const { failed } = await kernel.apply(netns, made(own))
    expect(failed).toMatchObject({ change: { to: own[0] }, error: { code: 5 } })
  })

  it('refuses a namespace that cannot be entered', async () => {
    const { kernel, netns } = subject()
    await makeAll(subject(), bridge)
    const away = `${netns}-away`
    const outcome = await kernel
      .apply(away, made(attachment('web', 2)))
      .then(({ failed }) => failed?.error.code)
      .catch((error: { code: number }) => error.code)
    expect(outcome).toBe(8)
  })
}

function withoutNamespace(subject: Current): void {
  it('observes and removes without the namespace what the host has of a container', async () => {
    const { kernel } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    const kinds = async () => (await kernel.observe('', own)).map(({ resource }) => resource.kind)
    expect(await kinds()).toEqual(['link', 'bridge port', 'publish', 'publish'])
    const going = [...own.slice(-2), ...own.slice(0, 1)]
    expect((await kernel.apply('', removed(going))).failed).toBeUndefined()
    expect(await kinds()).toEqual([])
  })

  it('has nothing left of an interface whose namespace ended', async () => {
    const { kernel, netns, endNamespace } = subject()
    const own = attachment('web', 2)
    await makeAll(subject(), [...bridge, ...own])
    await endNamespace(netns)
    const left = (await kernel.observe('', own)).map(({ resource }) => resource.kind)
    expect(left).toEqual(['publish', 'publish'])
    const { failed } = await kernel.apply('', removed(own.slice(-2)))
    expect(failed).toBeUndefined()
  })
}
