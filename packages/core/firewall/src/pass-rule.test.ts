import { expect, it } from 'vitest'
import { passesAdminFirst } from './pass-rule.ts'

it.each([
  ['nothing jumps to it', [], [], false],
  ['a jump', ['CNI-ADMIN'], [], true],
  ['a jump behind our rule', ['ACCEPT', 'CNI-ADMIN'], [], false],
  ['a jump before our rule', ['', 'CNI-ADMIN', 'ACCEPT'], [], true],
  ['the chain of the plugins, which leads to it', ['CNI-FORWARD', 'ACCEPT'], ['CNI-ADMIN'], true],
  ['the chain of the plugins, which leads to another', ['CNI-FORWARD'], ['MINE'], false],
  ['the chain of the plugins behind our rule', ['ACCEPT', 'CNI-FORWARD'], ['CNI-ADMIN'], false],
])('packets pass the chain of the administrator first: %s', (_, forward, plugins, passes) => {
  expect(passesAdminFirst(forward, plugins)).toBe(passes)
})
