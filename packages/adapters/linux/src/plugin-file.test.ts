import { chmodSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { askFirewallPlugin } from './index.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'plugins-'))
})

function plugin(name: string, script: string): void {
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(dir, name), 0o755)
}

describe('as root', () => {
  beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

  it('the firewall plugin says what it is and does as it is asked, in a namespace of its own', async () => {
    plugin(
      'firewall',
      'test -n "$CNI_COMMAND" || { echo "CNI firewall plugin v1.9.9" >&2; exit; }; cat; readlink /proc/self/ns/net; test "$CNI_COMMAND" = ADD',
    )
    const asked = await askFirewallPlugin('isolated', [dir])
    expect(asked).toMatchObject({
      about: 'CNI firewall plugin v1.9.9\n',
      trial: { succeeded: true, stdout: expect.stringContaining('"ingressPolicy":"isolated"') },
    })
    expect(asked?.trial?.stdout).toMatch(/net:\[\d+\]/)
    expect(asked?.trial?.stdout).not.toContain(readlinkSync('/proc/self/ns/net'))
  })

  it('a plugin that fails, and one that is not there', async () => {
    plugin('firewall', 'echo \'{"msg":"unknown ingress policy"}\'; exit 1')
    expect((await askFirewallPlugin('isolated', [dir]))?.trial).toEqual({
      succeeded: false,
      stdout: '{"msg":"unknown ingress policy"}\n',
    })
    expect(await askFirewallPlugin('isolated', ['/nowhere'])).toBeUndefined()
  })
})
