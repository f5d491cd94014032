import { describe, expect, it } from 'vitest'
import { enterArguments, kitFolders } from './index.ts'

const call = { env: {}, uid: 1000, gid: 100, words: ['network', 'ls'], cwd: '/home/u' }
const env = { ROOTLESSKIT_STATE_DIR: '/rk', XDG_RUNTIME_DIR: '/run/user/1000' }

describe('kitFolders', () => {
  const usual = ['/run/user/1000/containerd-rootless', '/run/user/1000/rk']
  it.each([
    ['a user', { env }, ['/rk', ...usual]],
    ['a user who names none', { env: { XDG_RUNTIME_DIR: '/run/user/1000' } }, usual],
    ['a user without a runtime folder', { env: { XDG_RUNTIME_DIR: '' } }, usual],
    ['a folder that is relative', { env: { ROOTLESSKIT_STATE_DIR: 'rk' } }, usual],
    ['root', { env, uid: 0 }, []],
    ['a check of this side', { env, words: ['rootless', 'check'] }, []],
    ['completion', { env, words: ['completion', 'bash'] }, []],
    ['help', { env, words: ['network', 'ls', '--help'] }, []],
    ['no word', { env, words: [] }, []],
  ])('%s', (_, more, folders) => {
    expect(kitFolders({ ...call, ...more })).toEqual(folders)
  })
})

describe('enterArguments', () => {
  const kit = { stateDir: '/rk', childPid: '42\n', detached: false }
  it('enter the namespaces of the child, in the same folder', () => {
    const words = enterArguments(call, kit)?.join(' ')
    expect(words).toBe(
      '-t 42 --preserve-credentials -U -m -p -n -- setpriv --pdeathsig TERM env --chdir=/home/u ROOTLESSKIT_STATE_DIR=/rk ROOTLESSKIT_PARENT_EUID=1000 ROOTLESSKIT_PARENT_EGID=100',
    )
  })

  it('a network namespace that is kept beside the child is the one to enter', () => {
    expect(enterArguments(call, { ...kit, detached: true })).toContain(
      '--net=/proc/42/root/rk/netns',
    )
  })

  it.each(['', '0', '-1', '1;x', '99999999999'])('%j is no process', (childPid) => {
    expect(enterArguments(call, { ...kit, childPid })).toBeUndefined()
  })
})
