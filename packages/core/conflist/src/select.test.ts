import { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { parseConfList, selectConfList, withDropIns } from './index.ts'

const list = (name: string, type = 't') => `{"name":"${name}","plugins":[{"type":"${type}"}]}`

describe('selectConfList', () => {
  it('takes the first conf list by path', () => {
    const files = [
      { file: '/d/20-x.conflist', text: list('x', 'second') },
      { file: '/d/10-x.conflist', text: list('x', 'first') },
    ]
    expect(selectConfList(files, 'x', '/d')).toMatchObject({ file: '/d/10-x.conflist' })
  })

  it('prefers a conf list to a single-plugin file that sorts before it', () => {
    const files = [
      { file: '/d/49.conf', text: '{"name":"x","type":"single"}' },
      { file: '/d/50.conflist', text: list('x', 'listed') },
    ]
    expect(selectConfList(files, 'x', '/d').list.plugins[0]?.type).toBe('listed')
    expect(selectConfList(files.slice(0, 1), 'x', '/d').list.plugins[0]?.type).toBe('single')
  })

  it('is not stopped by a broken file of another network', () => {
    const files = [
      { file: '/d/00-bad.conflist', text: '{' },
      { file: '/d/10-x.conflist', text: list('x') },
    ]
    expect(selectConfList(files, 'x', '/d').file).toBe('/d/10-x.conflist')
  })

  it('tells of the broken files when no file has the name', () => {
    const unreadable = new CniError({ code: 5, message: 'cannot read /d/01.conf' })
    const files = [
      { file: '/d/00-bad.conflist', text: '{' },
      { file: '/d/01.conf', error: unreadable },
    ]
    expect(() => selectConfList(files, 'x', '/d')).toThrow(
      expect.objectContaining({
        code: 101,
        message: 'no net configuration with name "x" in /d',
        cause: expect.objectContaining({
          errors: [
            expect.objectContaining({ message: 'cannot use /d/00-bad.conflist' }),
            unreadable,
          ],
        }),
      }),
    )
  })
})

describe('withDropIns', () => {
  const dropIn = { file: '/d/x/a.conf', text: '{"type":"drop-in"}' }

  it('appends drop-in plugins after the inline ones', () => {
    const types = withDropIns(parseConfList(list('x')), [dropIn]).plugins.map(({ type }) => type)
    expect(types).toEqual(['t', 'drop-in'])
  })

  it('has them in the text that the cache keeps', () => {
    const merged = withDropIns(parseConfList(list('x')), [dropIn])
    const again = parseConfList(merged.text)
    expect(again.plugins).toEqual(merged.plugins)
    expect(again.name).toBe('x')
  })

  it('leaves them out when the list loads only inlined plugins', () => {
    const inline = parseConfList(
      '{"name":"x","loadOnlyInlinedPlugins":true,"plugins":[{"type":"t"}]}',
    )
    expect(withDropIns(inline, [dropIn]).plugins).toHaveLength(1)
  })

  it('refuses a network without any plugin, and a broken drop-in by its file', () => {
    expect(() => withDropIns(parseConfList('{"name":"x"}'), [])).toThrow(/no plugin configs found/)
    expect(() =>
      withDropIns(parseConfList(list('x')), [{ file: '/d/x/b.conf', text: '{}' }]),
    ).toThrow("cannot use /d/x/b.conf: error parsing configuration: missing 'type'")
  })
})
