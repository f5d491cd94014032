import { CniError } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { PluginRunner } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkStatus, freeUnused } from './network-operations.ts'
import { supportedVersions } from './supported-versions.ts'
import { validateList } from './validate-list.ts'

const listOf = (version: string, more = '') =>
  parseConfList(
    `{"cniVersion":"${version}","name":"lan",${more}"plugins":[{"type":"main","capabilities":{"a":true,"b":false},"ipam":{"type":"ipam"}},{"type":"chained","capabilities":{"a":true,"c":true}}]}`,
  )

let log: string[]
let versions: Record<string, string>
let broken: Record<string, number>
let runner: PluginRunner

beforeEach(() => {
  log = []
  versions = { main: '1.0.0', chained: '1.1.0', ipam: '1.1.0' }
  broken = {}
  runner = {
    run: async ({ operation, type, stdin }) => {
      if (operation === 'VERSION') {
        if (broken[`VERSION ${type}`])
          throw new CniError({ code: 4, message: 'unknown CNI_COMMAND: VERSION' })
        return JSON.stringify({
          cniVersion: '1.1.0',
          supportedVersions: ['0.4.0', '1.0.0', versions[type]],
        })
      }
      const { cniVersion, ...request } = JSON.parse(stdin)
      const valid = request['cni.dev/valid-attachments']
      log.push(`${operation} ${type} ${cniVersion}${valid ? ` keeps ${valid.length}` : ''}`)
      const code = broken[`${operation} ${type}`]
      if (code) throw new CniError({ code, message: `${type} says no` })
      return ''
    },
  }
})

describe('checkStatus', () => {
  it('asks every plugin of a 1.1.0 list, and the IPAM plugin that an old interface plugin would not', async () => {
    await checkStatus(runner, listOf('1.1.0'))
    expect(log).toEqual(['STATUS main 1.1.0', 'STATUS chained 1.1.0', 'STATUS ipam 1.1.0'])
  })

  it('leaves the IPAM plugin to an interface plugin of 1.1.0', async () => {
    versions['main'] = '1.1.0'
    await checkStatus(runner, listOf('1.1.0'))
    expect(log).toEqual(['STATUS main 1.1.0', 'STATUS chained 1.1.0'])
  })

  it('asks nobody of an older list but an IPAM plugin that knows how', async () => {
    await checkStatus(runner, listOf('1.0.0'))
    expect(log).toEqual(['STATUS ipam 1.1.0'])
    versions['ipam'] = '1.0.0'
    log = []
    await checkStatus(runner, listOf('1.0.0'))
    expect(log).toEqual([])
  })

  it("stops at the first failure and shows the plugin's own code", async () => {
    broken = { 'STATUS main': 50 }
    await expect(checkStatus(runner, listOf('1.1.0'))).rejects.toMatchObject({ code: 50 })
    expect(log).toEqual(['STATUS main 1.1.0'])
  })

  it('shows the code of the IPAM plugin', async () => {
    broken = { 'STATUS ipam': 50 }
    await expect(checkStatus(runner, listOf('1.0.0'))).rejects.toMatchObject({
      code: 50,
      message: 'IPAM plugin type="ipam" failed (STATUS)',
    })
  })
})

describe('freeUnused', () => {
  const plan = (list = listOf('1.1.0')) =>
    ({ operation: 'GC', list, validAttachments: [{ containerID: 'c', ifname: 'eth0' }] }) as const

  it('tells every plugin what to keep', async () => {
    await freeUnused(runner, plan())
    expect(log).toEqual([
      'GC main 1.1.0 keeps 1',
      'GC chained 1.1.0 keeps 1',
      'GC ipam 1.1.0 keeps 1',
    ])
  })

  it('goes on after failures, and reports them all', async () => {
    broken = { 'GC main': 5, 'GC chained': 7 }
    const error = await freeUnused(runner, plan()).catch((caught: CniError) => caught)
    expect(log).toHaveLength(3)
    expect((error as CniError).cause).toMatchObject({ errors: [{ code: 5 }, { code: 7 }] })
  })

  it('does nothing where the list says disableGC', async () => {
    await freeUnused(runner, plan(listOf('1.1.0', '"disableGC":true,')))
    expect(log).toEqual([])
  })
})

describe('supportedVersions', () => {
  it('are what the plugin prints, and 0.1.0 for one that does not know the question', async () => {
    expect(await supportedVersions(runner, 'main')).toEqual(['0.4.0', '1.0.0', '1.0.0'])
    broken = { 'VERSION main': 1 }
    expect(await supportedVersions(runner, 'main')).toEqual(['0.1.0'])
  })

  it.each([
    ['{', 'decoding version info: it is not JSON'],
    ['{}', 'decoding version info: missing field cniVersion'],
    ['{"cniVersion":"1.0.0"}', 'decoding version info: missing field supportedVersions'],
  ])('an answer of %j makes no sense', async (printed, message) => {
    await expect(supportedVersions({ run: async () => printed }, 'x')).rejects.toMatchObject({
      code: 6,
      message,
    })
  })

  it('a plugin of 0.2.0 need not list them', async () => {
    expect(await supportedVersions({ run: async () => '{"cniVersion":"0.2.0"}' }, 'x')).toEqual([
      '0.1.0',
      '0.2.0',
    ])
  })
})

describe('validateList', () => {
  it('returns the capabilities that are declared true, each once', async () => {
    expect(await validateList(runner, listOf('1.0.0'))).toEqual(['a', 'c'])
  })

  it('names every plugin that does not support the version', async () => {
    const error = await validateList(runner, listOf('broken')).catch((caught: CniError) => caught)
    expect((error as CniError).cause).toMatchObject({
      errors: [
        { message: 'plugin main does not support config version "broken"' },
        { message: 'plugin chained does not support config version "broken"' },
      ],
    })
  })
})
