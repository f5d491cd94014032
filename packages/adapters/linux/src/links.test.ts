import { beforeEach, describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'
import { deleteLink, findLink } from './index.ts'

describe('as root', () => {
  beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

  it('deleteLink deletes an interface once', () => {
    const program = `const has = async (name) => (await host.findLink(name)) !== undefined
      return [await has('v0'), await host.deleteLink('v0'), await has('v0'), await has('v1'), await host.deleteLink('v0')]`
    const commands = 'ip link add v0 type veth peer name v1'
    expect(inNamespace(commands, program)).toEqual([true, true, false, false, false])
  })

  it('markLink writes an alias', () => {
    const program = `const done = [await host.markLink('v0', 'vethra lan'), await host.markLink('v9', 'x')]
      const { execFileSync } = await import('node:child_process')
      return [...done, JSON.parse(execFileSync('ip', ['-j', 'link', 'show', 'v0']))[0].ifalias]`
    const commands = 'ip link add v0 type veth peer name v1'
    expect(inNamespace(commands, program)).toEqual([true, false, 'vethra lan'])
  })

  it('deleteLink says what the kernel said when it refuses', () => {
    const program = `return host.deleteLink('lo').catch(({ code, message, details }) => [code, message, details])`
    expect(inNamespace('', program)).toEqual([
      5,
      'ip link delete dev lo failed with status 2',
      expect.stringMatching(/./),
    ])
  })
})

it.each(['', 'a b', '../x', 'a-name-that-is-far-too-long'])('%j is no interface', async (name) => {
  await expect(findLink(name)).rejects.toMatchObject({ code: 4 })
  await expect(deleteLink(name)).rejects.toMatchObject({ code: 4 })
})
