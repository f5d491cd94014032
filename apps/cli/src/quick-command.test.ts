import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { noFlags } from './listing.ts'
import { quickCommand } from './quick-command.ts'
import { wholeProgram } from './run-command.ts'

it.each([
  ['network ls', true],
  ['container ls', true],
  ['cni add lan /run/netns/blue', true],
  ['cni del lan /run/netns/blue', true],
  ['network ls -q', false],
  ['network ls lan', false],
  ['network list', false],
  ['network', false],
  ['ipam ls', false],
  ['cni add lan', false],
  ['cni add lan /run/netns/blue --force', false],
  ['cni gc lan /run/netns/blue', false],
  ['', false],
])('%s needs no command line library: %s', (words, isQuick) => {
  expect(quickCommand(words.split(' ')) !== undefined).toBe(isQuick)
})

it('listings without flags are the same, with the library and without', async () => {
  const io = { print: refused, complain: refused } as Partial<Io> as Io
  const program = await wholeProgram({
    flags: {},
    here: { settings: refused, world: refused, lists: refused },
    io,
  })
  for (const noun of ['network', 'container']) {
    const command = named(named(program, noun), 'ls')
    await command?.action(() => {}).parseAsync([], { from: 'user' })
    expect(command?.opts(), noun).toMatchObject(noFlags)
  }
})

function refused(): never {
  throw new Error('nothing is run here')
}

function named(command: Command | undefined, name: string): Command | undefined {
  return command?.commands.find((each) => each.name() === name)
}
