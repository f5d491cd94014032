import { explain } from '@vethra/cni'
import {
  confListVectors,
  discoveryVectors,
  type Fault,
  requestVectors,
  titled,
  versionVectors,
} from '@vethra/cni-kit'
import { describe, expect, it } from 'vitest'
import {
  parseConfList,
  parsePluginConf,
  requestConfiguration,
  selectConfList,
  selectVersion,
  withDropIns,
} from './index.ts'

function expectFault(run: () => unknown, { code, says }: Fault): void {
  let caught: unknown
  try {
    run()
  } catch (error) {
    caught = error
  }
  expect(caught).toMatchObject({ code })
  expect(explain(caught).join('\n')).toContain(says)
}

describe('conf lists', () => {
  it.each(titled(confListVectors))('%s', (_, { text, list, fault }) => {
    if (fault) return expectFault(() => parseConfList(text), fault)
    const parsed = parseConfList(text)
    const types = parsed.plugins.map(({ type }) => type)
    const texts = parsed.plugins.map((plugin) => plugin.text)
    expect({ ...parsed, types, texts }).toMatchObject(list ?? {})
  })
})

describe('versions', () => {
  it.each(titled(versionVectors))('%s', (_, { cniVersion, cniVersions, selected, fault }) => {
    if (fault) return expectFault(() => selectVersion(cniVersion, cniVersions), fault)
    expect(selectVersion(cniVersion, cniVersions)).toBe(selected)
  })
})

describe('requests', () => {
  it.each(titled(requestVectors))('%s', (_, { list, plugin, request, verbatim, ...extras }) => {
    const text = requestConfiguration(list, parsePluginConf(plugin), extras)
    expect(JSON.parse(text)).toEqual(request)
    for (const part of verbatim ?? []) expect(text).toContain(part)
  })
})

describe('discovery', () => {
  it.each(titled(discoveryVectors))('%s', (_, { files, network, dropIns, file, types, fault }) => {
    const find = () => {
      const found = selectConfList(filesIn('/d', files), network, '/d')
      const list = withDropIns(found.list, filesIn(`/d/${network}`, dropIns ?? {}))
      return { file: found.file, types: list.plugins.map(({ type }) => type) }
    }
    if (fault) return expectFault(find, fault)
    expect(find()).toEqual({ file: `/d/${file}`, types })
  })

  function filesIn(folder: string, texts: Readonly<Record<string, string>>) {
    return Object.entries(texts)
      .map(([name, text]) => ({ file: `${folder}/${name}`, text }))
      .sort((a, b) => (a.file < b.file ? -1 : 1))
  }
})
