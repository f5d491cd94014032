import type { Resource } from '@vethra/state'
import { expect, it } from 'vitest'
import { refusedChange } from './refused-change.ts'

const owner = { kind: 'host' } as const
const link = (name: 'ifb' | 'dummy'): Resource => ({
  kind: 'link',
  place: 'host',
  name: 'x0',
  type: { name },
  up: true,
})
const limit: Resource = { kind: 'qdisc', link: 'x0', does: { rate: 1, burst: 1 } }
const redirect: Resource = { kind: 'qdisc', link: 'x0', does: { redirect: 'x1' } }

it.each<[Resource, errno: number, option: string | undefined]>([
  [link('ifb'), 95, 'CONFIG_IFB'],
  [link('dummy'), 95, 'CONFIG_DUMMY'],
  [limit, 2, 'CONFIG_NET_SCH_TBF'],
  [redirect, 2, 'CONFIG_NET_ACT_MIRRED'],
  [link('ifb'), 1, 'root'],
  [link('ifb'), 17, undefined],
])('%j refused with errno %d names %s', (resource, errno, option) => {
  const error = refusedChange({ kind: 'make', to: { owner, resource } }, { errno, text: '' })
  expect(error.code).toBe(5)
  expect(error.hint).toEqual(option === undefined ? undefined : expect.stringContaining(option))
})
