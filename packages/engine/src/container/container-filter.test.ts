import { describe, expect, it } from 'vitest'
import { containerFilter } from './container-filter.ts'

const web = {
  ID: '0123abcd',
  Name: 'shop',
  Networks: ['lan', 'back'],
  Addresses: [],
  Ports: '',
  State: 'running',
} as const

describe('containerFilter', () => {
  it.each<[readonly string[], boolean]>([
    [[], true],
    [['id=0123'], true],
    [['id=123'], false],
    [['name=ho'], true],
    [['name=^ho'], false],
    [['name=^shop$'], true],
    [['name=^/shop$'], true],
    [['name=s.*p|web'], true],
    [['network=back'], true],
    [['network=bac'], false],
    [['status=running'], true],
    [['status=dead', 'status=running'], true],
    [['status=dead', 'name=shop'], false],
  ])('%j', (filters, passes) => {
    expect(containerFilter(filters)(web)).toBe(passes)
  })

  it.each(['', 'running', 'status=exited', 'label=a', 'name=', 'name=(', '__proto__=x'])(
    'refuses %j',
    (text) => {
      expect(() => containerFilter([text])).toThrow(expect.objectContaining({ code: 103 }))
    },
  )
})
