import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'

/** Runs a program that gets `rules`, in a network namespace of its own when `own`. */
function evaluate(program: string, options: { own: boolean; path?: string }): unknown {
  const source = `
    import { iptablesRules } from ${JSON.stringify(new URL('./iptables-rules.ts', import.meta.url).href)}
    const rules = iptablesRules()
    const told = ({ code, message, details, hint }) => ({ code, message, details, hint })
    const outcome = await (async () => { ${program} })()
    console.log(JSON.stringify(outcome ?? null))`
  const flags = 'bun' in process.versions ? [] : ['--input-type=module-typescript']
  const command = [process.execPath, ...flags, '-e', source]
  const wrapped = options.own ? ['unshare', '-n', ...command] : command
  const env = options.path === undefined ? process.env : { ...process.env, PATH: options.path }
  return JSON.parse(execFileSync(wrapped[0] ?? '', wrapped.slice(1), { env }).toString())
}

describe('as root', () => {
  beforeEach((context) => {
    const isRoot = process.getuid?.() === 0
    context.skip(!isRoot, 'needs root, to make a network namespace with rules of its own')
  })

  it('gives back what was restored, of each family', () => {
    const program = `
      await rules.restore(4, '*nat\\n:A - [0:0]\\n-A A -d 10.0.0.1/32 -j RETURN\\nCOMMIT\\n')
      await rules.restore(6, '*filter\\n:B - [0:0]\\nCOMMIT\\n')
      await rules.restore(4, '*nat\\n:C - [0:0]\\nCOMMIT\\n')
      return rules.save()`
    const saved = evaluate(program, { own: true }) as { family: number; text: string }[]
    expect(saved.map(({ family }) => family)).toEqual([4, 6])
    expect(saved[0]?.text).toContain('-A A -d 10.0.0.1/32 -j RETURN')
    expect(saved[0]?.text).toContain(':C - [0:0]')
    expect(saved[1]?.text).toContain(':B - [0:0]')
  })

  it('applies nothing of a table that has a fault, and says what the tool said', () => {
    const program = `
      await rules.restore(4, '*nat\\n:A - [0:0]\\nCOMMIT\\n')
      const text = '*nat\\n:D - [0:0]\\n-A MISSING -j A\\nCOMMIT\\n'
      const error = await rules.restore(4, text).catch(told)
      return { error, saved: await rules.save() }`
    const { error, saved } = evaluate(program, { own: true }) as {
      error: unknown
      saved: { text: string }[]
    }
    expect(error).toMatchObject({
      code: 5,
      message: expect.stringMatching(/^iptables-restore failed with status \d$/),
      details: expect.stringMatching(/line/),
    })
    expect(saved[0]?.text).toContain(':A ')
    expect(saved[0]?.text).not.toContain(':D ')
  })

  it('restores many lines', () => {
    const program = `
      const lines = Array.from({ length: 2000 }, (_, i) => '-A A -s 10.0.' + (i >> 8) + '.' + (i & 255) + '/32 -j RETURN')
      await rules.restore(4, ['*filter', ':A - [0:0]', ...lines, 'COMMIT', ''].join('\\n'))
      return (await rules.save())[0].text.split('\\n').filter((line) => line.startsWith('-A A ')).length`
    expect(evaluate(program, { own: true })).toBe(2000)
  })

  it('finds the programs where PATH does not name their folder', () => {
    const path = '/usr/bin:/bin'
    const saved = evaluate('return rules.save()', { own: true, path }) as unknown[]
    expect(saved).toHaveLength(2)
  })
})

describe('with programs that pretend', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'iptables-'))
  })

  function pretend(program: string, script: string): void {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, program), 0o755)
  }

  it.each([
    'Cannot initialize: Table does not exist (do you need to insmod?)',
    'Failed to initialize nft: Protocol not supported',
  ])('a family is left out when the kernel says "%s"', (words) => {
    pretend('iptables-save', 'echo rules')
    pretend('ip6tables-save', `echo "ip6tables-save v1.8.9: ${words}" >&2; exit 1`)
    const saved = evaluate('return rules.save()', { own: false, path: folder })
    expect(saved).toEqual([{ family: 4, text: 'rules\n' }])
  })

  it('a family is not left out when its rules may not be read', () => {
    pretend('iptables-save', 'echo "Permission denied (you must be root)" >&2; exit 4')
    pretend('ip6tables-save', 'true')
    const program = 'return rules.save().catch(told)'
    expect(evaluate(program, { own: false, path: folder })).toMatchObject({
      code: 5,
      message: 'iptables-save failed with status 4',
      details: 'Permission denied (you must be root)',
      hint: expect.stringContaining('Run as root'),
    })
  })

  it('a tool that reads none of its input is reported by its status', () => {
    pretend('iptables-restore', 'exec <&-; echo broken >&2; exit 3')
    const program = `return rules.restore(4, 'x'.repeat(1000000)).catch(told)`
    expect(evaluate(program, { own: false, path: folder })).toMatchObject({
      code: 5,
      details: 'broken',
    })
  })
})
