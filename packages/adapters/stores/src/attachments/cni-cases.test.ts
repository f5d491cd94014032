import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Attachment, CniError, explain, type Json } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { type AttachTools, type CniRuntime, cniRuntime } from '@vethra/engine'
import { beforeEach, describe, expect, it } from 'vitest'
import { diskResultCache } from '../index.ts'

// Chains of three plugins that write down what they get, with the cache on disk beneath the runtime.
let dir: string
let runtime: CniRuntime
let calls: { call: string; request: Record<string, Json> }[]
let answers: Record<string, string | CniError>

const attachment: Attachment = {
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [['K', 'V']],
  capabilityArgs: { undeclared: { deep: true } },
}
const listOf = (cniVersion: string, keys = '') =>
  parseConfList(
    `{"cniVersion":"${cniVersion}","name":"n",${keys}"plugins":[{"type":"a"},{"type":"b"},{"type":"c"}]}`,
  )
const result = (cniVersion: string) => `{"cniVersion":"${cniVersion}","ips":[]}`
const entry = () => join(dir, 'results', 'n-c1-eth0')
const ran = () => calls.map(({ call }) => call)

async function plant(text: string): Promise<void> {
  await mkdir(join(dir, 'results'), { recursive: true })
  await writeFile(entry(), text)
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((caught: unknown) => caught)
  return explain(error).join('\n')
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vethra-cases-'))
  calls = []
  answers = {}
  const tools: AttachTools = {
    cache: diskResultCache({ dir }),
    runner: {
      run: async ({ operation, type, stdin }) => {
        calls.push({ call: `${operation} ${type}`, request: JSON.parse(stdin) })
        const answer = answers[`${operation} ${type}`] ?? result('1.0.0')
        if (answer instanceof CniError) throw answer
        return answer
      },
    },
  }
  runtime = cniRuntime(tools)
})

describe('ADD', () => {
  it('SPEC 3, "Attaching a container" (case 37): a plugin that is missing is named after the first has run', async () => {
    answers['ADD b'] = new CniError({
      code: 100,
      message: 'failed to find plugin "b" in path [/p]',
    })
    const fault = await faultOf(runtime.addNetworkList(listOf('1.0.0'), attachment))
    expect(fault).toContain('plugin type="b" failed (add)')
    expect(fault).toContain('failed to find plugin "b" in path [/p]')
    expect(ran()).toEqual(['ADD a', 'ADD b', 'DEL a'])
  })

  it.each([
    [{ ...attachment, containerId: 'some-%%container-id' }, 4],
    [{ ...attachment, containerId: '' }, 3],
    [{ ...attachment, ifname: 'a b' }, 4],
  ])(
    'SPEC 2, "Parameters" (cases 38, 40): a bad name is refused before anything runs',
    async (bad, code) => {
      await expect(runtime.addNetworkList(listOf('1.0.0'), bad)).rejects.toMatchObject({ code })
      expect(ran()).toEqual([])
    },
  )

  it('SPEC 3, "Attaching a container" (case 41): a failure leaves no cache file', async () => {
    answers['ADD b'] = new CniError({ code: 1, message: 'banana' })
    const fault = await faultOf(runtime.addNetworkList(listOf('1.0.0'), attachment))
    expect(fault).toContain('plugin type="b" failed (add)')
    expect(fault).toContain('banana')
    expect(ran()).not.toContain('ADD c')
    await expect(readdir(join(dir, 'results'))).rejects.toThrow()
  })

  it('libcni (case 43): a plugin that prints null has an empty result of the version of the list', async () => {
    answers = { 'ADD a': 'null', 'ADD b': 'null', 'ADD c': 'null' }
    const added = await runtime.addNetworkList(listOf('0.4.0'), attachment)
    expect(JSON.parse(added.text)).toEqual({ cniVersion: '0.4.0' })
  })

  it('SPEC 5, "cniVersion" (case 46): where nobody names a version, the result is 0.1.0', async () => {
    answers = { 'ADD a': '{}', 'ADD b': '{}', 'ADD c': '{}' }
    const list = parseConfList('{"name":"n","plugins":[{"type":"a"}]}')
    expect((await runtime.addNetworkList(list, attachment)).result.cniVersion).toBe('0.1.0')
  })

  it('SPEC 5, "cniVersion" (case 47): another version than asked for is passed on and cached as it is', async () => {
    answers = { 'ADD a': result('0.4.0'), 'ADD b': result('0.4.0'), 'ADD c': result('0.4.0') }
    await runtime.addNetworkList(listOf('1.1.0'), attachment)
    expect(calls[1]?.request).toMatchObject({
      cniVersion: '1.1.0',
      prevResult: { cniVersion: '0.4.0' },
    })
    const cached = await runtime.getCachedAttachment({ network: 'n', ...attachment })
    expect(JSON.parse(cached?.result ?? '')).toMatchObject({ cniVersion: '0.4.0' })
  })
})

describe('CHECK', () => {
  it('SPEC 3, "Checking a container" (case 64): a bare result of older libcni is handed on as the result', async () => {
    await plant('{"cniVersion":"0.4.0","ips":[]}')
    await runtime.checkNetworkList(listOf('0.4.0'), attachment)
    expect(ran()).toEqual(['CHECK a', 'CHECK b', 'CHECK c'])
    expect(calls[0]?.request['prevResult']).toEqual({ cniVersion: '0.4.0', ips: [] })
    expect(Object.keys(calls[0]?.request ?? {})).not.toContain('kind')
    expect(Object.keys(calls[0]?.request ?? {})).not.toContain('config')
  })

  it('SPEC 3, "Checking a container" (case 65): a result of 0.3.1 is converted to the version of the list', async () => {
    await plant('{"cniVersion":"0.3.1","ips":[{"version":"4","address":"10.1.2.3/24"}],"dns":{}}')
    await runtime.checkNetworkList(listOf('1.1.0'), attachment)
    expect(calls[0]?.request['prevResult']).toEqual({
      cniVersion: '1.1.0',
      ips: [{ address: '10.1.2.3/24' }],
    })
  })

  it.each([
    ['{"cniVersion":"0.4567.0"}', 'unsupported CNI result version "0.4567.0"'],
    ['adfadsfasdf', 'failed to unmarshal raw result: it is not JSON'],
  ])(
    'SPEC 3, "Checking a container" (case 67): a cached %j is told, and nothing runs',
    async (text, says) => {
      await plant(text)
      const fault = await faultOf(runtime.checkNetworkList(listOf('1.0.0'), attachment))
      expect(fault).toContain('failed to get network "n" cached result')
      expect(fault).toContain(says)
      expect(ran()).toEqual([])
    },
  )

  it('SPEC 1, "disableCheck" (cases 61, 62): what is cached is not looked at where CHECK is not run', async () => {
    await plant('adfadsfasdf')
    await runtime.checkNetworkList(listOf('1.1.0', '"disableCheck":true,'), attachment)
    const fault = await faultOf(runtime.checkNetworkList(listOf('0.3.1'), attachment))
    expect(fault).toContain('configuration version "0.3.1" does not support the CHECK command')
    expect(ran()).toEqual([])
  })

  it('libcni (case 68): without anything cached the plugins run without a previous result', async () => {
    await runtime.checkNetworkList(listOf('1.0.0'), attachment)
    expect(ran()).toEqual(['CHECK a', 'CHECK b', 'CHECK c'])
    expect(calls.map(({ request }) => request['prevResult'])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('DEL', () => {
  it('SPEC 3, "Detaching a container" (case 70): reverse order, the cached result for each, the file gone afterwards', async () => {
    await runtime.addNetworkList(listOf('0.4.0'), attachment)
    expect(await readdir(join(dir, 'results'))).toEqual(['n-c1-eth0'])
    calls = []
    await runtime.delNetworkList(listOf('0.4.0'), attachment)
    expect(ran()).toEqual(['DEL c', 'DEL b', 'DEL a'])
    expect(calls.every(({ request }) => request['prevResult'] !== undefined)).toBe(true)
    expect(await readdir(join(dir, 'results'))).toEqual([])
  })

  it('SPEC 3, "Detaching a container" (case 71): before 0.4.0 no result is sent, and the file goes all the same', async () => {
    await runtime.addNetworkList(listOf('0.3.1'), attachment)
    calls = []
    await runtime.delNetworkList(listOf('0.3.1'), attachment)
    expect(calls.map(({ request }) => request['prevResult'])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(await readdir(join(dir, 'results'))).toEqual([])
  })

  it('SPEC 2, "DEL" (case 73): twice succeeds twice', async () => {
    await runtime.addNetworkList(listOf('1.0.0'), attachment)
    await runtime.delNetworkList(listOf('1.0.0'), attachment)
    await runtime.delNetworkList(listOf('1.0.0'), attachment)
    expect(ran().slice(3)).toEqual(['DEL c', 'DEL b', 'DEL a', 'DEL c', 'DEL b', 'DEL a'])
  })

  it('docs/deviations.md (case 74): the others run after a failure, and the file is kept', async () => {
    await runtime.addNetworkList(listOf('1.0.0'), attachment)
    answers['DEL b'] = new CniError({ code: 5, message: 'stuck' })
    calls = []
    const fault = await faultOf(runtime.delNetworkList(listOf('1.0.0'), attachment))
    expect(fault).toContain('plugin type="b" failed (delete)')
    expect(ran()).toEqual(['DEL c', 'DEL b', 'DEL a'])
    expect(await readdir(join(dir, 'results'))).toEqual(['n-c1-eth0'])
  })

  it.each([
    '',
    '{',
    'adfadsfasdf',
    '{}',
    'null',
    '{"kind":"other"}',
    '{"kind":"cniCacheV1","networkName":"n","ifName":"eth0","containerId":"c1","config":"%%%"}',
    '{"cniVersion":"0.4567.0"}',
    '{"cniVersion":"1.0.0","ips":[{"address":"nonsense"}]}',
  ])('libcni: an entry that holds %j does not block it, and goes', async (text) => {
    await plant(text)
    await runtime.delNetworkList(listOf('1.0.0'), attachment)
    expect(ran()).toEqual(['DEL c', 'DEL b', 'DEL a'])
    expect(calls[0]?.request).not.toHaveProperty('prevResult')
    expect(await readdir(join(dir, 'results'))).toEqual([])
  })
})

describe('what is cached', () => {
  it('libcni (case 76): is the text of the list, the CNI args and all capability args', async () => {
    const list = listOf('1.0.0', '"disableCheck": false ,')
    await runtime.addNetworkList(list, attachment)
    const cached = await runtime.getCachedAttachment({ network: 'n', ...attachment })
    expect(cached).toMatchObject({
      listText: list.text,
      attachment: { cniArgs: [['K', 'V']], capabilityArgs: attachment.capabilityArgs },
    })
  })

  it.each([
    [
      { network: '', containerId: 'c', ifname: 'e' },
      '(""), container ID ("c"), and interface name ("e")',
    ],
    [
      { network: 'n', containerId: '', ifname: 'e' },
      '("n"), container ID (""), and interface name ("e")',
    ],
    [
      { network: 'n', containerId: 'c', ifname: '' },
      '("n"), container ID ("c"), and interface name ("")',
    ],
  ])('libcni (case 77): has no place for %j', async (key, says) => {
    await expect(runtime.getCachedAttachment(key)).rejects.toThrow(
      `cache file path requires network name ${says}`,
    )
  })

  it('libcni (case 79): is listed whole, all and by container, until DEL', async () => {
    const list = listOf('1.0.0')
    await runtime.addNetworkList(list, attachment)
    for (const id of [undefined, 'c1']) {
      expect(await runtime.getCachedAttachments(id)).toMatchObject([
        { network: 'n', attachment, listText: list.text },
      ])
    }
    expect(await runtime.getCachedAttachments('c')).toEqual([])
    await runtime.delNetworkList(list, attachment)
    expect(await runtime.getCachedAttachments()).toEqual([])
  })

  it('libcni: nothing is listed of entries that are damaged or foreign', async () => {
    await plant('{"kind":"cniCacheV1","networkName":"","ifName":"eth0","containerId":"c1"}')
    await writeFile(join(dir, 'results', 'foreign'), '\0')
    expect(await runtime.getCachedAttachments()).toEqual([])
  })
})

describe('operations on the network', () => {
  it('SPEC 2, "GC" (case 82): every failure is told', async () => {
    answers['GC a'] = new CniError({ code: 5, message: 'one' })
    answers['GC b'] = new CniError({ code: 6, message: 'two' })
    const fault = await faultOf(runtime.gcNetworkList(listOf('1.1.0'), []))
    expect(ran()).toEqual(['GC a', 'GC b', 'GC c'])
    for (const says of ['one', 'two']) expect(fault).toContain(says)
  })

  it('SPEC 2, "STATUS" (case 83): the code of the plugin is the code of the error', async () => {
    answers['STATUS b'] = new CniError({ code: 50, message: 'not yet' })
    await expect(runtime.getStatusNetworkList(listOf('1.1.0'))).rejects.toMatchObject({ code: 50 })
    expect(ran()).toEqual(['STATUS a', 'STATUS b'])
  })

  it('libcni, ValidateNetworkList (case 85): the capabilities declared true, each once, and all faults together', async () => {
    const version = '{"cniVersion":"1.1.0","supportedVersions":["0.4.0","1.0.0"]}'
    answers = { 'VERSION a': version, 'VERSION b': version, 'VERSION c': version }
    const text = (cniVersion: string) =>
      `{"cniVersion":"${cniVersion}","name":"n","plugins":[{"type":"a","capabilities":{"x":true,"y":false}},{"type":"b","capabilities":{"x":true,"z":true}},{"type":"c"}]}`
    expect(await runtime.validateNetworkList(parseConfList(text('1.0.0')))).toEqual(['x', 'z'])
    const fault = await faultOf(runtime.validateNetworkList(parseConfList(text('broken'))))
    for (const type of ['a', 'b', 'c']) {
      expect(fault).toContain(`plugin ${type} does not support config version "broken"`)
    }
    answers['VERSION c'] = new CniError({
      code: 100,
      message: 'failed to find plugin "c" in path []',
    })
    expect(await faultOf(runtime.validateNetworkList(parseConfList(text('1.0.0'))))).toContain(
      'failed to find plugin "c" in path []',
    )
  })

  it('SPEC 2, "VERSION" (case 86): a plugin that does not know the question supports 0.1.0', async () => {
    answers['VERSION a'] = new CniError({ code: 4, message: 'unknown CNI_COMMAND: VERSION' })
    expect(await runtime.getVersionInfo('a')).toEqual(['0.1.0'])
    expect(calls[0]?.request).toEqual({ cniVersion: '1.1.0' })
  })
})
