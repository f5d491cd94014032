import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { shellBlocks } from './shell-blocks.ts'

const runtimes = await readFile(new URL('../docs/runtimes.md', import.meta.url), 'utf8')
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
// The ten lines stand before the tour, which makes their bundles.
const blocks = shellBlocks(readme, ['Install', 'The tour', 'Ten lines of use'])

// The executable is built already, and the machine's own /usr/local/bin is none of ours.
const setUp = `mount -t tmpfs tmpfs /usr/local/bin
`

describeOnHost("README's tour", () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
    await mkdir(join(host.folder, 'dist'))
    await symlink(executable, join(host.folder, 'dist/vethra'))
  })

  afterEach(async () => {
    for (const id of ['web', 'client', host.tag]) await host.run(['runc', 'delete', '--force', id])
    await host.close()
  })

  it('works to the letter on a fresh host, with bundles of a plain "runc spec", and leaves nothing', async () => {
    expect(blocks.length).toBeGreaterThan(8)
    expect(blocks.at(-1)?.trim().split('\n')).toHaveLength(10)
    const before = await host.snapshot()
    const marked = blocks.map((block, index) => `echo "== block ${index}"\n${block}`)
    const script = `set -e; cd ${host.folder}; exec >tour.log 2>&1 </dev/null\n${setUp}${marked.join('\n')}`
    const { exitCode } = await host.run(['bash', '--norc', '-c', script])
    const log = await readFile(join(host.folder, 'tour.log'), 'utf8')
    expect(exitCode, log).toBe(0)
    expect(log).toContain('hello from web')
    expect(log).toMatch(/1 packets received/)
    expect(log).not.toMatch(/^(error|warning): (?!.* tmpfs)/m)
    const { links, rules, processes } = await host.snapshot()
    expect({ links, rules, processes }).toEqual({
      links: before.links,
      rules: before.rules,
      processes: before.processes,
    })
  })

  it('the lines for runc in docs/runtimes.md work to the letter', async () => {
    const lines = shellBlocks(`\n## Opening\n${runtimes}`, ['Opening', 'runc']).join('\n')
    const link = `${setUp}ln -s ${executable} /usr/local/bin/vethra\n`
    const own = lines.replace(/(?<=-b web )web$/m, host.tag)
    const script = `set -e; cd ${host.folder}; exec 2>&1 </dev/null\n${link}${own}`
    const { exitCode, stdout } = await host.run(['bash', '--norc', '-c', script])
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(/^10\.\S+\s.*\bweb web\.lan$/m)
    expect(stdout).not.toMatch(/^(error|warning): (?!.* tmpfs)/m)
  })
})
