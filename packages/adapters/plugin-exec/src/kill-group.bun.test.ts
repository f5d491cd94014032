import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// In a PID namespace of its own the number of a process that has ended can be had again at once.
const program = (folder: string) => `
  import { existsSync, readFileSync, writeFileSync } from 'node:fs'
  import { bunPluginExec } from ${JSON.stringify(new URL('./bun.ts', import.meta.url).href)}
  const { run } = bunPluginExec({ path: ['${folder}'], env: process.env, timeoutMs: 3000 })
  const call = { type: 'leaver', operation: 'ADD', containerId: 'c', netns: '', ifname: '', cniArgs: [], stdin: '' }
  const outcome = run(call).catch(({ code }) => code)
  const file = '${folder}/pid'
  const pidOf = () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)
  while (pidOf() === 0 || existsSync('/proc/' + pidOf())) await Bun.sleep(20)
  const pid = pidOf()
  let stranger
  for (let round = 0; stranger?.pid !== pid && round < 50; round += 1) {
    stranger?.kill(9)
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
    stranger = Bun.spawn({ cmd: ['sleep', '20'], detached: true })
  }
  const isReused = stranger.pid === pid
  const code = await outcome
  await Bun.sleep(100)
  console.log(JSON.stringify({ isReused, code, killed: stranger.signalCode !== null }))
  process.exit(0)`

it.skipIf(process.getuid?.() !== 0)(
  'a deadline ends nothing that only has the number of the plugin, which has ended',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vethra-group-'))
    const leaver = `#!/bin/sh\necho $$ >${folder}/pid\nsetsid sleep 20 &\n`
    await writeFile(join(folder, 'leaver'), leaver)
    await chmod(join(folder, 'leaver'), 0o755)
    await writeFile(join(folder, 'run.ts'), program(folder))
    const argv = ['-pf', '--mount-proc', '--kill-child', process.execPath, join(folder, 'run.ts')]
    const said = execFileSync('unshare', argv, { encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual({ isReused: true, code: 104, killed: false })
  },
)
