import { describe, expect, it } from 'vitest'
import { CniError } from './cni-error.ts'
import { explain } from './explain.ts'
import { pluginCandidates, pluginEnvironment, pluginFailure, pluginMissing } from './index.ts'

const exit = { path: '/p/x', stdout: '', stderr: '', status: 'exit status 1', elapsedMs: 12.4 }

describe('pluginFailure', () => {
  it.each([
    ['{"code":7,"msg":"m","details":"d"}', '', 7, 'm', 'd'],
    ['{"CODE":11,"Msg":"later"}', 'noise', 11, 'later', undefined],
    ['{}', '', 0, 'netplugin failed with an empty error message: exit status 1', undefined],
    [
      '{"code":50}',
      '',
      50,
      'netplugin failed with an empty error message: exit status 1',
      undefined,
    ],
    ['', '', 0, 'netplugin failed with no error message: exit status 1', undefined],
    ['', 'boom\n', 0, 'netplugin failed: "boom\\n": exit status 1', undefined],
    [
      'boom\n',
      '',
      0,
      'netplugin failed but error parsing its diagnostic message "boom\\n": exit status 1',
      undefined,
    ],
    [
      '{"code":-1,"msg":"m"}',
      '',
      0,
      'netplugin failed but error parsing its diagnostic message "{\\"code\\":-1,\\"msg\\":\\"m\\"}": exit status 1',
      undefined,
    ],
  ])('of stdout %j and stderr %j', (stdout, stderr, code, message, details) => {
    expect(pluginFailure({ ...exit, stdout, stderr })).toMatchObject({ code, message, details })
  })

  it('always tells the program, how it ended, the time, and what it wrote on standard error', () => {
    const failure = pluginFailure({ ...exit, stdout: '{"code":7,"msg":"m"}', stderr: 'why\n' })
    expect(explain(failure)).toEqual([
      'error: m (CNI code 7)',
      '  caused by: /p/x ended with exit status 1 after 12 ms, and wrote on standard error: why',
    ])
  })

  it('quotes only the end of a long output', () => {
    expect(pluginFailure({ ...exit, stdout: `${'x'.repeat(9000)}end` }).message).toMatch(/"…x+end"/)
  })
})

it('the environment has all six variables, the pairs of CNI_ARGS in order', () => {
  const call = {
    type: 'x',
    operation: 'ADD',
    containerId: 'c',
    netns: '',
    ifname: 'eth0',
    cniArgs: [
      ['A', ''],
      ['', 'B'],
    ],
    stdin: '',
  } as const
  expect(pluginEnvironment(call, ['/p', '/q'])).toEqual({
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c',
    CNI_NETNS: '',
    CNI_IFNAME: 'eth0',
    CNI_ARGS: 'A=;=B',
    CNI_PATH: '/p:/q',
  })
})

describe('pluginCandidates', () => {
  it('are the folders in order, without empty ones', () => {
    expect(pluginCandidates('x', ['/p', '', '/q'])).toEqual(['/p/x', '/q/x'])
  })

  // 100: nothing of that name has run, so that there is nothing to be undone.
  it.each([
    ['', ['/p'], 'no plugin name provided'],
    ['../x', ['/p'], 'invalid plugin name: ../x'],
    ['x'.repeat(256), ['/p'], `invalid plugin name: ${'x'.repeat(64)}...`],
    ['x', [''], 'no paths provided'],
  ])('of %j in %j: %s', (type, path, message) => {
    expect(() => pluginCandidates(type, path)).toThrow(
      expect.objectContaining({ code: 100, message }),
    )
  })
})

it('a missing plugin is named with the folders searched and what to install', () => {
  const error = pluginMissing('bridge', ['/a', '/b'])
  expect(error).toBeInstanceOf(CniError)
  expect(error.message).toBe('failed to find plugin "bridge" in path [/a /b]')
  expect(error.hint).toContain('containernetworking-plugins')
  expect(pluginMissing('ovs', ['/a']).hint).toBe(
    'Install the CNI plugin "ovs", or name its folder with --cni-path or CNI_PATH.',
  )
})
