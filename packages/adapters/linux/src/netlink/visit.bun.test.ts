import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'

const program = `
import { openNamespace, visit } from '${import.meta.dirname}/visit.ts'
import { closeSync, openSync } from 'node:fs'
const namespace = openNamespace(process.argv.at(-1))
visit(namespace, () => {})
const taken = []
try { for (;;) taken.push(openSync('/dev/null')) } catch (error) { if (error.code !== 'EMFILE') throw error }
const said = []
for (const work of [() => visit(namespace, () => {}), () => openNamespace('/proc/self/ns/net')])
  try { work() } catch ({ code, hint }) { said.push(code, hint) }
for (const each of taken) closeSync(each)
console.log(JSON.stringify(said))
`

it('where no descriptor is left, a visit says so', (context) => {
  context.skip(needsRoot !== undefined, needsRoot)
  const limited = ['-c', 'ulimit -n 64; exec "$0" - /proc/self/ns/net', process.execPath]
  const { stdout, stderr } = spawnSync('sh', limited, { input: program, encoding: 'utf8' })
  const hint = expect.stringContaining('ulimit -n')
  expect([JSON.parse(stdout || '[]'), stderr]).toEqual([[8, hint, 8, hint], ''])
})

it('a namespace that there is no way back from is not entered', (context) => {
  context.skip(needsRoot !== undefined, needsRoot)
  const alone = `unshare -n sleep 100 & sleep 0.3; "$0" - /proc/$!/ns/net; kill $!`
  const argv = ['-U', '-r', 'sh', '-c', alone, process.execPath]
  const { stderr } = spawnSync('unshare', argv, { input: program, encoding: 'utf8' })
  expect(stderr).toContain('in a network namespace of its own')
})
