import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { userFacts } from './index.ts'

describe('userFacts', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'user-'))
    await writeFile(join(folder, 'rootlesskit'), '')
    await chmod(join(folder, 'rootlesskit'), 0o755)
    await writeFile(join(folder, 'slirp4netns'), '')
    await mkdir(join(folder, 'runc'))
  })

  it('finds programs by absolute folders on PATH, and neither folders nor plain files', () => {
    const { programs } = userFacts({ PATH: `:.:${folder}` })
    expect(programs()).toEqual({ rootlesskit: join(folder, 'rootlesskit') })
    expect(userFacts({}).programs()).toEqual({})
  })

  it.each([
    ['', 'unset'],
    ['run', 'unset'],
    ['/proc/missing', 'missing'],
    ['/proc/self/status', 'missing'],
    ['/proc/self/status/x', 'missing'],
  ])('XDG_RUNTIME_DIR %j is %s', (XDG_RUNTIME_DIR, state) => {
    expect(userFacts({ XDG_RUNTIME_DIR }).user().runtimeDir.state).toBe(state)
  })

  it('tells of this user, and of the kernel', () => {
    const { uid, runtimeDir, sysctls } = userFacts({ XDG_RUNTIME_DIR: folder }).user()
    expect(uid).toBe(process.geteuid?.())
    expect(runtimeDir).toEqual({ path: folder, state: 'own' })
    expect(sysctls['net.ipv4.ip_unprivileged_port_start']).toBeGreaterThanOrEqual(0)
  })

  it('a folder that is missing can be made below one that can be written to', async () => {
    const { isWritable } = userFacts({})
    expect(isWritable(folder)).toBe(true)
    expect(isWritable(join(folder, 'a/b'))).toBe(true)
    await symlink('missing', join(folder, 'dangling'))
    expect(isWritable(join(folder, 'dangling'))).toBe(false)
    expect(isWritable(join(folder, 'slirp4netns/a'))).toBe(false)
  })
})
