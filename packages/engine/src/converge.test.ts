import { CniError } from '@vethra/cni'
import { memoryKernel } from '@vethra/memory-world'
import { type Change, keyOf, type Owned, type Owner, type State } from '@vethra/state'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { converge } from './converge.ts'

function attachment(containerId: string): State {
  const owner: Owner = { kind: 'attachment', network: 'lan', containerId, ifname: 'eth0' }
  const network: Owner = { kind: 'network', network: 'lan' }
  const hostName = `veth-${containerId}`
  const last = containerId.charCodeAt(0) - 95
  return [
    {
      owner: network,
      resource: { kind: 'link', place: 'host', name: 'br0', type: { name: 'bridge' }, up: true },
    },
    { owner: network, resource: { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24'] } },
    {
      owner,
      resource: {
        kind: 'link',
        place: 'container',
        name: 'eth0',
        type: { name: 'veth', hostName, hostMac: '02:00:00:00:00:01', bridge: 'br0' },
        up: true,
      },
    },
    { owner, resource: { kind: 'bridge port', link: hostName, hairpin: true } },
    {
      owner,
      resource: {
        kind: 'address',
        place: 'container',
        link: 'eth0',
        address: `10.4.0.${last}`,
        prefixLength: 24,
      },
    },
    {
      owner,
      resource: {
        kind: 'publish',
        protocol: 'tcp',
        hostPort: 8000 + last,
        address: `10.4.0.${last}`,
        port: 80,
      },
    },
  ]
}

function own(state: State): State {
  return state.filter(({ owner }) => owner.kind === 'attachment')
}

const killed = new Error('killed')

it('a refused change undoes what was done for the attachment, and the error is that of the change', async () => {
  const refused = new CniError({ code: 5, message: 'no' })
  const kernel = memoryKernel({
    before: ({ kind, ...change }) =>
      kind === 'make' && 'to' in change && change.to.resource.kind === 'publish'
        ? refused
        : undefined,
  })
  const outcome = await converge(kernel, { netns: '/a', desired: attachment('a') })
  expect(outcome).toEqual({ kind: 'failed', error: refused })
  expect([...kernel.contents.values()].map(({ owner }) => owner.kind)).toEqual([
    'network',
    'network',
  ])
})

it('what is desired and there already is left alone', async () => {
  const kernel = memoryKernel()
  const wish = { netns: '/a', desired: attachment('a') }
  await converge(kernel, wish)
  expect(await converge(kernel, wish)).toEqual({ kind: 'done', changes: [] })
})

const foreigner: Owner = { kind: 'attachment', network: 'lan', containerId: 'z', ifname: 'eth0' }

it('what another container has is refused with code 102, and stays', async () => {
  const kernel = memoryKernel()
  const desired = attachment('a')
  const theirs = { ...(desired.at(-1) as Owned), owner: foreigner }
  const elsewhere = {
    ...theirs,
    resource: { ...theirs.resource, address: '10.9.0.9' } as Owned['resource'],
  }
  kernel.place('', elsewhere)
  const outcome = await converge(kernel, { netns: '/a', desired })
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 102 } })
  expect([...kernel.contents.values()]).toEqual([elsewhere])
})

it('a port that another owner leads to the address of the container is taken over', async () => {
  const kernel = memoryKernel()
  const desired = attachment('a')
  const stale = { ...(desired.at(-1) as Owned), owner: foreigner }
  kernel.place('', { ...stale, resource: { ...stale.resource, port: 81 } as Owned['resource'] })
  expect(await converge(kernel, { netns: '/a', desired })).toMatchObject({ kind: 'done' })
  expect([...kernel.contents.values()]).toContainEqual(desired.at(-1))
})

it('a port on which another attachment leads to the address of the container is removed', async () => {
  const kernel = memoryKernel()
  const desired = attachment('a')
  const stray = desired.flatMap(({ resource }) =>
    resource.kind === 'publish' ? [{ ...resource, hostPort: 9999 }] : [],
  )
  const other = { ...stray[0], address: '10.4.0.9', hostPort: 9998 } as Owned['resource']
  for (const resource of [...stray, other]) kernel.place('', { resource, owner: foreigner })
  expect(await converge(kernel, { netns: '/a', desired })).toMatchObject({ kind: 'done' })
  const left = [...kernel.contents.values()].filter(({ owner }) => owner === foreigner)
  expect(left.map(({ resource }) => resource)).toEqual([other])
})

it('a port that another network leads to the same address stays, and is not taken', async () => {
  const kernel = memoryKernel()
  const desired = attachment('a')
  const owner: Owner = { ...foreigner, network: 'wan' } as Owner
  const port = desired.at(-1) as Owned
  const stray: Owned = {
    owner,
    resource: { ...port.resource, hostPort: 9999 } as Owned['resource'],
  }
  kernel.place('', stray)
  expect(await converge(kernel, { netns: '/a', desired })).toMatchObject({ kind: 'done' })
  expect([...kernel.contents.values()]).toContainEqual(stray)

  const taken = memoryKernel()
  taken.place('', { ...port, owner })
  const outcome = await converge(taken, { netns: '/a', desired })
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 102 } })
  expect([...taken.contents.values()]).toEqual([{ ...port, owner }])
})

it('what should be no more and is another owner’s by now stays', async () => {
  const kernel = memoryKernel()
  const former = own(attachment('a'))
  const theirs = former.map((each) => ({ ...each, owner: foreigner }))
  for (const each of theirs) kernel.place('/a', each)
  expect(await converge(kernel, { netns: '/a', desired: [], former })).toEqual({
    kind: 'done',
    changes: [],
  })
  expect([...kernel.contents.values()]).toEqual(theirs)
})

type Step = {
  readonly who: 'a' | 'b'
  readonly what: 'attach' | 'detach' | 'end'
  readonly killAt: number
}

const anySteps = fc.array(
  fc.record<Step>({
    who: fc.constantFrom('a', 'b'),
    what: fc.constantFrom('attach', 'detach', 'end'),
    killAt: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 12 },
)

it('for any sequence of operations and kills one more operation converges, and nothing of others changes', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      let left = Number.POSITIVE_INFINITY
      const kernel = memoryKernel({
        before: () => {
          left -= 1
          if (left < 0) throw killed
          return undefined
        },
      })
      const foreign: Owned = {
        owner: { kind: 'host' },
        resource: {
          kind: 'publish',
          protocol: 'tcp',
          hostPort: 443,
          address: '10.9.0.2',
          port: 443,
        },
      }
      kernel.place('', foreign)
      for (const { who, what, killAt } of steps) {
        left = killAt
        if (what === 'end') kernel.endNamespace(`/${who}`)
        else await operate(kernel, who, what).catch((error: unknown) => expect(error).toBe(killed))
      }
      left = Number.POSITIVE_INFINITY
      await operate(kernel, 'a', 'attach')
      await operate(kernel, 'b', 'detach')
      const has = (owned: Owned) =>
        [...kernel.contents.values()].some(
          ({ resource }) => keyOf(resource) === keyOf(owned.resource),
        )
      expect(attachment('a').every(has)).toBe(true)
      expect(
        own(attachment('b'))
          .filter(({ resource }) => resource.kind === 'publish')
          .some(has),
      ).toBe(false)
      expect(has(foreign)).toBe(true)
    }),
  )
})

async function operate(
  kernel: ReturnType<typeof memoryKernel>,
  who: string,
  what: 'attach' | 'detach',
): Promise<readonly Change[]> {
  const state = attachment(who)
  const wish = what === 'attach' ? { desired: state } : { desired: [], former: own(state) }
  const outcome = await converge(kernel, { netns: `/${who}`, ...wish })
  expect(outcome.kind).toBe('done')
  return outcome.kind === 'done' ? outcome.changes : []
}
