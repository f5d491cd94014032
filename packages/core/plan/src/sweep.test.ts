import { attachmentChains, type RuleSets } from '@vethra/model'
import { CniError, type Operation } from '@vethra/spec'
import { beforeEach, describe, expect, it } from 'vitest'
import { lookingEarly, sweep } from './sweep.ts'

const [masquerade = '', ports = ''] = attachmentChains('lan', 'ns-c1')
const attached = [{ network: 'lan', attachment: { containerId: 'ns-c1' } }]
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

const call = (type: string, operation: Operation, netns: string) => {
  const rest = { containerId: 'ns-c1', ifname: 'eth0', cniArgs: [], stdin: '{}' }
  return { type, operation, netns, ...rest }
}

describe('sweep', () => {
  it('removes what is left of the attachment', async () => {
    await sweep({ runner: { run: async () => '' }, rules }, attached)
    expect(log).toEqual(['save', `remove ${masquerade}`])
  })

  it('goes by what was seen early', async () => {
    const early = Promise.resolve([{ family: 4 as const, text: now }])
    await sweep({ runner: { run: async () => '' }, rules }, attached, early)
    expect(log).toEqual([`remove ${masquerade}`])
  })

  it('looks again where what was seen early has changed, or could not be seen', async () => {
    const early = Promise.resolve([{ family: 4 as const, text: table(masquerade, ports) }])
    await sweep({ runner: { run: async () => '' }, rules }, attached, early)
    expect(log).toEqual(['save', `remove ${masquerade}`])
    await sweep(
      { runner: { run: async () => '' }, rules },
      attached,
      Promise.reject(new Error('x')),
    )
    expect(log).toHaveLength(4)
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
    await sweep({ runner: { run: async () => '' }, rules }, attached)
    expect(log).toEqual(['save', 'save', 'save'])
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
    await expect(sweep({ runner: { run: async () => '' }, rules }, attached)).rejects.toThrow('no')
    expect(saves).toBe(10)
  })

  it('tells a failure of what is there now', async () => {
    rules = {
      ...rules,
      restore: async () => Promise.reject(new CniError({ code: 5, message: 'no' })),
    }
    await expect(sweep({ runner: { run: async () => '' }, rules }, attached)).rejects.toThrow('no')
  })
})

describe('lookingEarly', () => {
  it.each<[string, Operation, string, boolean]>([
    ['bridge', 'DEL', '', true],
    ['ptp', 'DEL', '', true],
    ['bridge', 'DEL', '/n', false],
    ['bridge', 'ADD', '', false],
    ['portmap', 'DEL', '', false],
  ])('%s %s in "%s" is taken for one that leaves rules: %s', async (type, operation, netns, is) => {
    const looking = lookingEarly({ runner: { run: async () => 'printed' }, rules })
    expect(await looking.runner.run(call(type, operation, netns))).toBe('printed')
    expect(looking.rules() !== undefined).toBe(is)
  })
})
