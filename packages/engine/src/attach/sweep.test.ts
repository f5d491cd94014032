import { CniError } from '@vethra/cni'
import { attachmentChains, masqueradeMark } from '@vethra/firewall'
import type { RuleSets } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { sweep } from './sweep.ts'

const [masquerade = '', ports = ''] = attachmentChains('lan', 'ns-c1')
const attached = [{ network: 'lan', attachment: { containerId: 'ns-c1', ifname: 'eth0' } }]
const table = (...chains: readonly string[]) =>
  `*nat\n${chains.map((each) => `:${each} - [0:0]\n-A POSTROUTING -j ${each}\n`).join('')}COMMIT\n`

let log: string[]
let now: string
let rules: RuleSets

beforeEach(() => {
  log = []
  now = table(masquerade)
  rules = {
    save: async () => {
      log.push('save')
      return [{ family: 4, text: now }]
    },
    // As iptables-restore does: a rule that is not there fails the whole of the table.
    restore: async (_, text) => {
      const chains = [...text.matchAll(/^-X (.*)$/gm)].map(([, chain = '']) => chain)
      if (!chains.every((chain) => now.includes(chain))) {
        throw new CniError({ code: 5, message: 'no such rule' })
      }
      log.push(`remove ${chains}`)
    },
  }
})

describe('sweep', () => {
  it('removes what is left of the attachment', async () => {
    await sweep({ rules }, attached)
    expect(log).toEqual(['save', `remove ${masquerade}`])
  })

  it('looks again where another removes the same meanwhile, such as a DEL that was killed', async () => {
    const { save } = rules
    now = table(masquerade, ports)
    const left = [table(ports), table()]
    rules = {
      ...rules,
      save: async () => {
        const seen = await save()
        now = left.shift() ?? now
        return seen
      },
    }
    await sweep({ rules }, attached)
    expect(log).toEqual(['save', 'save', 'save'])
  })

  describe('what bridge masqueraded by nftables', () => {
    const rule = (containerId: string, handle: number) => ({
      rule: {
        ...{ chain: 'masq_checks', handle },
        comment: `${masqueradeMark({ network: 'lan', containerId, ifname: 'eth0' })}, net: lan`,
        expr: [
          { match: { left: { payload: { field: 'saddr' } }, right: '10.4.1.2' } },
          { masquerade: null },
        ],
      },
    })
    const byNft = attached.map((each) => ({
      ...each,
      list: { text: '"ipMasqBackend": "nftables"' },
    }))
    let listings: object[][]
    let refusals: number
    beforeEach(() => {
      listings = [[rule('ns-c1', 6), rule('ns-c2', 7)]]
      refusals = 0
      now = table()
      const masquerading = {
        list: async () => JSON.stringify({ nftables: listings.shift() ?? [] }),
        change: async (text: string) => {
          if (refusals-- > 0) throw new CniError({ code: 5, message: 'no such rule' })
          log.push(text)
        },
      }
      rules = { ...rules, masquerading }
    })

    it('is removed, and nothing of others', async () => {
      await sweep({ rules }, byNft)
      const removal = 'delete rule inet cni_plugins_masquerade masq_checks handle 6\n'
      expect(log).toEqual(['save', removal])
    })

    it('is not looked for where iptables has some, and no conf list names nftables', async () => {
      now = table(masquerade)
      await sweep({ rules }, attached)
      expect([log, listings.length]).toEqual([['save', `remove ${masquerade}`], 1])
    })

    it('is looked for where there are no rules of iptables', async () => {
      await sweep({ rules: { ...rules, save: async () => [] } }, attached)
      expect(log).toEqual(['delete rule inet cni_plugins_masquerade masq_checks handle 6\n'])
    })

    it('is looked for again where it changes meanwhile', async () => {
      refusals = 1
      listings.push([])
      await sweep({ rules }, byNft)
      expect(log).toEqual(['save'])
    })

    it('that stays is told', async () => {
      refusals = 2
      listings.push([rule('ns-c1', 6)])
      await expect(sweep({ rules }, byNft)).rejects.toThrow('no such rule')
    })
  })

  it('gives up on rules that never stay as they are', async () => {
    let saves = 0
    rules = {
      save: async () => {
        saves += 1
        return [{ family: 4, text: table(...(saves % 2 === 0 ? [ports] : [masquerade])) }]
      },
      restore: async () => Promise.reject(new CniError({ code: 5, message: 'no' })),
    }
    await expect(sweep({ rules }, attached)).rejects.toThrow('no')
    expect(saves).toBe(10)
  })

  it('tells a failure of what is there now', async () => {
    rules = {
      ...rules,
      restore: async () => Promise.reject(new CniError({ code: 5, message: 'no' })),
    }
    await expect(sweep({ rules }, attached)).rejects.toThrow('no')
  })
})
