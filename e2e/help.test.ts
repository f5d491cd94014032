import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

describeOnHost('vethra --help', () => {
  let host: Host

  beforeAll(async () => {
    host = await openHost()
  })

  afterAll(async () => {
    await host.close()
  })

  // The help text of a command and of all that are below it.
  async function helps(
    ...path: readonly string[]
  ): Promise<readonly (readonly [string, string])[]> {
    const ran = await host.vethra(...path, '--help')
    expect.soft(ran, path.join(' ')).toMatchObject({ exitCode: 0, stderr: '' })
    const list = ran.stdout.split('Commands:\n')[1]?.split('\n\n')[0] ?? ''
    const below = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '')
    const commands = below.filter((name) => name !== 'help')
    const deeper = await Promise.all(commands.map((name) => helps(...path, name)))
    return [[['vethra', ...path].join(' '), ran.stdout], ...deeper.flat()]
  }

  it('each command has a help text with an example of itself, in 80 columns', async () => {
    const texts = await helps()
    const commands = texts.map(([command]) => command)
    expect(commands).toEqual(
      expect.arrayContaining(['vethra network create', 'vethra container port']),
    )
    for (const [command, text] of texts) {
      expect
        .soft(text, command)
        .toMatch(new RegExp(`^Examples?:\n(?: {2}.*\n)*? {2}${command}\\b`, 'm'))
      // Examples are to be pasted: they are in one piece, however long.
      const [before = ''] = text.split('Examples:')
      const long = before.split('\n').filter((line) => line.length > 80)
      expect.soft(long, command).toEqual([])
    }
  })
})
