import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { firstExample } from './readme.ts'
import { atHome, emptyProject, runtimes } from './soak-npm-home.ts'

const ownHost = 'mount -t tmpfs tmpfs /run; ip link set lo up; node() { "$RUNTIME" "$@"; }; '

/**
 * Does what the README of @vethra/engine says, from its text as npm delivers it: install, the program, the commands, on a host of
 * its own; under each runtime, which it returns. Throws AssertionError.
 */
export async function walkReadme(home: string): Promise<readonly string[]> {
  for (const runtime of Object.values(runtimes)) await walk(home, runtime)
  return Object.keys(runtimes)
}

async function walk(home: string, runtime: string): Promise<void> {
  const folder = await emptyProject(home)
  const at = atHome(home, folder)
  await execa('npm', ['install', '@vethra/engine'], at)
  const readme = await readFile(join(folder, 'node_modules/@vethra/engine/README.md'), 'utf8')
  const [install = '', commands = ''] = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(
    ([, text = '']) => text,
  )
  assert.match(install, /^npm install @vethra\/engine /)
  await execa('sh', ['-ec', install], at)
  // As "npm init -y" makes it.
  const manifest = join(folder, 'package.json')
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"module"', '"commonjs"'))
  await writeFile(join(folder, 'attach.mts'), firstExample(readme)?.code ?? '')
  const env = { ...at.env, RUNTIME: runtime, PATH: `${dirname(runtime)}:${at.env['PATH']}` }
  const enter = ['--net', '--mount', 'sh', '-ec', ownHost + commands]
  const { stdout } = await execa('unshare', enter, { ...at, env })
  assert.match(stdout, /^10\.77\.0\.2\/24$.*^eth0\b.* UP .*^detached$/ms)
}
