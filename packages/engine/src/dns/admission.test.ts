import { CniError } from '@vethra/cni'
import type { AttachmentRecord } from '@vethra/world'
import { expect, it } from 'vitest'
import { type AdmissionTools, newAdmission } from './admission.ts'

const network = (name: string, address: string) => ({
  file: `/net.d/${name}.conflist`,
  name,
  bridge: `br-${name}`,
  addresses: [address],
  lent: [],
})
const [lan, back] = [network('lan', '10.9.1.1'), network('back', '10.9.2.1')]
const record = (name: string) => ({ network: name, netns: `/run/netns/${name}` })

/** A host with a container in each network named, whose questions arrive where `hears` says so of its rules. */
function sample(names: readonly string[], hears: (rules: string, server: string) => boolean) {
  const state = {
    ...{ rules: '', asked: [] as string[], reports: [] as CniError[], fails: false },
    ...{ isThere: true, saves: 0 },
  }
  const tools = {
    records: { list: async () => names.map(record) as unknown as readonly AttachmentRecord[] },
    rules: {
      save: async () => {
        state.saves += 1
        if (state.fails) throw new CniError({ code: 5, message: 'iptables-save failed' })
        const text = `*filter\n:INPUT DROP [0:0]\n${state.rules}COMMIT\n`
        return [{ family: 4 as const, text }]
      },
      restore: async (_: 4 | 6, text: string) => {
        for (const [, verb, rule] of text.matchAll(/^-([ID]) (.*)$/gm)) {
          if (verb === 'I') state.rules = `-A ${rule}\n${state.rules}`
          else state.rules = state.rules.replace(`-A ${rule}\n`, '')
        }
      },
    },
    netns: { look: async () => ({ found: state.isThere ? 'namespace' : 'missing' }) },
    sockets: {
      ask: async ({ server, netns }: { server: string; netns?: string }) => {
        state.asked.push(`${netns} ${server}`)
        return hears(state.rules, server) ? Uint8Array.of(1) : undefined
      },
    },
    onReport: (fault: CniError) => void state.reports.push(fault),
  } as unknown as AdmissionTools
  return { state, admission: newAdmission(tools) }
}

it('where questions arrive no rule is made, and a network is asked in once', async () => {
  const { state, admission } = sample(['lan'], () => true)
  await admission.examine([lan], false)
  await admission.examine([lan], false)
  expect([state.rules, state.asked]).toEqual(['', ['/run/netns/lan 10.9.1.1']])
  expect(admission.refusal(lan.file)).toBeUndefined()
  await admission.examine([lan], true)
  expect(state.asked.length).toBe(2)
})

it('where a chain INPUT drops them rules let them pass, until the network goes or the resolver ends', async () => {
  const { state, admission } = sample(['lan', 'back'], (rules, server) =>
    rules.includes(`-d ${server}/32 `),
  )
  await admission.examine([lan, back], false)
  expect([state.rules, admission.isInDoubt()]).toEqual(['', true])
  await admission.examine([lan, back], false)
  expect(admission.isInDoubt()).toBe(false)
  expect(state.rules.match(/br-lan/g)?.length).toBe(2)
  expect(state.rules.match(/br-back/g)?.length).toBe(2)
  expect(admission.refusal(lan.file)).toBeUndefined()
  const { saves } = state
  await admission.examine([lan, back], true)
  expect(state.saves).toBe(saves)
  await admission.examine([back], false)
  expect(state.rules).not.toContain('br-lan')
  expect(state.rules).toContain('br-back')
  await admission.close()
  expect(state.rules).toBe('')
})

it('where rules do not help, it is a firewall: told of the network, and of others until one of theirs is heard', async () => {
  const { admission } = sample(['lan'], () => false)
  expect(await admission.examine([lan, back], false)).toBe(false)
  expect(admission.refusal(lan.file)).toBeUndefined()
  expect(await admission.examine([lan, back], false)).toBe(true)
  expect(admission.isInDoubt()).toBe(false)
  expect(admission.refusal(lan.file)).toMatchObject({
    code: 102,
    message: expect.stringContaining('network lan: a firewall'),
  })
  expect(admission.refusal(back.file)?.code).toBe(102)
  expect(await admission.examine([lan, back], true)).toBe(false)
})

it('a firewall that was opened is noticed when all are asked again', async () => {
  let isOpen = false
  const { admission } = sample(['lan'], () => isOpen)
  for (const _ of [1, 2]) await admission.examine([lan], false)
  expect(admission.refusal(lan.file)?.code).toBe(102)
  isOpen = true
  expect(await admission.examine([lan], false)).toBe(false)
  expect(await admission.examine([lan], true)).toBe(true)
  expect(admission.refusal(lan.file)).toBeUndefined()
})

it('a host whose rules cannot be read is told, and questions are asked all the same', async () => {
  const { state, admission } = sample(['lan'], () => true)
  state.fails = true
  await admission.examine([lan], false)
  expect(state.reports.map(({ code }) => code)).toEqual([5])
  expect(admission.refusal(lan.file)).toBeUndefined()
})

it('a container that was being attached when it asked is no firewall', async () => {
  let isAttached = false
  const { state, admission } = sample(['lan'], () => isAttached)
  await admission.examine([lan], false)
  isAttached = true
  await admission.examine([lan], false)
  expect([state.rules, admission.refusal(lan.file), admission.isInDoubt()]).toEqual([
    '',
    undefined,
    false,
  ])
})

it('a container that went while it asked is no firewall', async () => {
  const { state, admission } = sample(['lan'], () => false)
  state.isThere = false
  await admission.examine([lan], false)
  await admission.examine([lan], false)
  expect([state.rules, admission.refusal(lan.file), admission.isInDoubt()]).toEqual([
    '',
    undefined,
    false,
  ])
})

it('a firewall that comes later is found by the second look', async () => {
  let isOpen = true
  const { admission } = sample(['lan'], () => isOpen)
  await admission.examine([lan], false)
  isOpen = false
  await admission.examine([lan], true)
  expect([admission.refusal(lan.file), admission.isInDoubt()]).toEqual([undefined, true])
  await admission.examine([lan], false)
  expect(admission.refusal(lan.file)?.code).toBe(102)
})
