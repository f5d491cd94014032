import {
  CniError,
  explain,
  type PluginCall,
  pluginCandidates,
  pluginEnvironment,
  pluginFailure,
  pluginMissing,
} from '@vethra/cni'
import { chainVectors, operationVectors, pluginOutputVectors, titled } from '@vethra/cni-kit'
import { parseConfList } from '@vethra/conflist'
import { describe, expect, it } from 'vitest'
import type { Plan } from './plan.ts'
import { run } from './run.ts'

const attachment = {
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const prevResult = '{"cniVersion":"1.0.0","interfaces":[{"name":"cached"}]}'

const planOf = (operation: Plan['operation'], text: string): Plan => {
  const list = parseConfList(text)
  return operation === 'STATUS' || operation === 'GC'
    ? { operation, list, validAttachments: [] }
    : { operation, list, attachment, ...(operation === 'ADD' ? {} : { prevResult }) }
}

describe('chains', () => {
  it.each(titled(chainVectors))('%s', async (_, vector) => {
    const { operation, failing = {}, calls, code, says = '', ...flags } = vector
    const { cniVersion, disableCheck = false, disableGc: disableGC = false } = flags
    const plugins = ['a', 'b', 'c'].map((type) => ({ type }))
    const list = { name: 'n', cniVersion, disableCheck, disableGC, plugins }
    const ran: string[] = []
    const outcome = await run(
      {
        run: async (call) => {
          const given = JSON.parse(call.stdin).prevResult === undefined ? '' : ' <'
          ran.push(`${call.operation} ${call.type}${given}`)
          const failure = call.operation === operation ? failing[call.type] : undefined
          if (failure !== undefined) throw new CniError({ code: failure, message: 'no' })
          return '{"cniVersion":"1.0.0"}'
        },
      },
      planOf(operation, JSON.stringify(list)),
    ).catch((error: unknown) => error)
    expect(ran).toEqual(calls)
    if (code === undefined) return expect(outcome).not.toBeInstanceOf(Error)
    expect(outcome).toMatchObject({ code })
    expect(explain(outcome).join('\n')).toContain(says)
  })
})

describe('parameters', () => {
  it.each(titled(operationVectors))('%s', (_, { operation, required }) => {
    const noContainer = { containerId: '', netns: '', ifname: '', cniArgs: [] }
    const whose = ['ADD', 'DEL', 'CHECK'].includes(operation) ? attachment : noContainer
    const call: PluginCall = { ...whose, type: 't', operation, stdin: '{}' }
    const environment = pluginEnvironment(call, ['/p'])
    expect(Object.keys(environment)).toHaveLength(6)
    for (const name of ['CNI_COMMAND', ...required]) expect(environment[name]).not.toBe('')
  })

  it('SPEC 2, "CNI_ARGS" (case 58): pairs in order, joined by semicolons', () => {
    const cniArgs = [
      ['KEY1', 'VALUE1'],
      ['KEY2', 'VALUE2'],
    ] as const
    const call = { ...attachment, type: 't', operation: 'ADD', cniArgs, stdin: '' } as const
    expect(pluginEnvironment(call, ['/p'])['CNI_ARGS']).toBe('KEY1=VALUE1;KEY2=VALUE2')
  })
})

describe('failures of plugins', () => {
  it.each(titled(pluginOutputVectors))('%s', (_, { fault, details, ...output }) => {
    const error = pluginFailure({ path: '/p/t', elapsedMs: 7, ...output })
    expect(error).toMatchObject({ code: fault.code, details })
    expect(error.message).toContain(fault.says)
    expect(explain(error).join('\n')).toContain(`/p/t ended with ${output.status} after 7 ms`)
  })
})

describe('libcni, FindInPath (case 59)', () => {
  it.each([
    ['', ['/a'], 'no plugin name provided'],
    ['../x', ['/a'], 'invalid plugin name: ../x'],
    ['x', [], 'no paths provided'],
    ['x', [''], 'no paths provided'],
  ])('%j in %j: %s', (type, path, message) => {
    expect(() => pluginCandidates(type, path)).toThrow(message)
  })

  it('a plugin that is in no folder is named with the folders', () => {
    expect(pluginMissing('x', ['/a']).message).toBe('failed to find plugin "x" in path [/a]')
  })
})
