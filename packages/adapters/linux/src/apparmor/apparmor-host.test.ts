import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadAppArmorProfile } from './apparmor-host.ts'
import { profileText } from './profile-text.ts'

describe('the AppArmor of a host', () => {
  let folder: string
  let sys: string
  let parser: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apparmor-'))
    sys = join(folder, 'sys')
    parser = join(folder, 'parser')
    await script('cat > "$(dirname "$0")/loaded"; echo "$@" > "$(dirname "$0")/args"')
  })

  async function script(commands: string): Promise<void> {
    await writeFile(parser, `#!/bin/sh\n${commands}\n`)
    await chmod(parser, 0o755)
  }

  async function has(profiles: string): Promise<void> {
    for (const [path, text] of [
      ['kernel/security/apparmor/profiles', profiles],
      ['module/apparmor/parameters/enabled', 'Y\n'],
    ] as const) {
      await mkdir(dirname(join(sys, path)), { recursive: true })
      await writeFile(join(sys, path), text)
    }
  }

  it('gets the profile once', async () => {
    await has('')
    expect(await loadAppArmorProfile({ sys, parser })).toBe(true)
    expect(await readFile(join(folder, 'loaded'), 'utf8')).toBe(profileText())
    expect(await readFile(join(folder, 'args'), 'utf8')).toBe('--replace --skip-cache\n')
    await has('nerdctl-default (enforce)\n')
    await rm(parser)
    expect(await loadAppArmorProfile({ sys, parser })).toBe(false)
  })

  it('without AppArmor is left alone', async () => {
    await rm(parser)
    expect(await loadAppArmorProfile({ sys, parser })).toBe(false)
  })

  it('says why a profile could not be loaded', async () => {
    await has('')
    await script('cat >/dev/null; echo "syntax error, line 3" >&2; exit 1')
    await expect(loadAppArmorProfile({ sys, parser })).rejects.toMatchObject({
      code: 5,
      message: 'cannot load AppArmor profile nerdctl-default',
      details: 'syntax error, line 3',
    })
    await rm(parser)
    await expect(loadAppArmorProfile({ sys, parser })).rejects.toMatchObject({ code: 100 })
  })
})
