import { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { type Network, networksFromFiles } from './index.ts'

const conf = (members: object): string =>
  JSON.stringify({ cniVersion: '1.0.0', name: 'lan', plugins: [{ type: 'bridge' }], ...members })
const read = (text: string, file = '/n/lan.conflist'): Network | undefined =>
  networksFromFiles([{ file, text }]).networks[0]

describe('networksFromFiles', () => {
  it('reads a network of nerdctl', () => {
    const text = conf({ nerdctlID: 'abc', nerdctlLabels: { k: 'v' } })
    expect(read(text)).toMatchObject({
      name: 'lan',
      id: 'abc',
      labels: { k: 'v' },
      file: '/n/lan.conflist',
      managed: true,
      list: { name: 'lan', text },
    })
  })

  it.each<[string, object]>([
    ['no id', {}],
    ['an integer id, as nerdctl 1.x wrote', { nerdctlID: 7, nerdctlLabels: { k: 'v' } }],
    ['an empty id', { nerdctlID: '' }],
    ['labels that are no texts', { nerdctlID: 'abc', nerdctlLabels: { k: 1 } }],
    ['labels that are no object', { nerdctlID: 'abc', nerdctlLabels: ['k'] }],
  ])('%s: not managed', (_, members) => {
    const network = read(conf(members))
    expect(network).toMatchObject({ name: 'lan', managed: false, labels: {} })
    expect(network).not.toHaveProperty('id')
  })

  it('reads a network of ours that nerdctl takes for one of others', () => {
    expect(read(conf({ vethraID: 'abc', nerdctlLabels: { k: 'v' } }))).toMatchObject({
      ...{ id: 'abc', labels: { k: 'v' }, managed: true },
    })
  })

  it('a network without labels is managed too, and keys match in any case', () => {
    expect(read(conf({ NerdctlId: 'abc', nerdctlLabels: null }))).toMatchObject({
      id: 'abc',
      labels: {},
      managed: true,
    })
  })

  it('reads a single-plugin file', () => {
    const network = read('{"cniVersion":"0.3.1","name":"old","type":"bridge"}', '/n/old.conf')
    expect(network).toMatchObject({ name: 'old', managed: false })
    expect(network?.list.plugins).toMatchObject([{ type: 'bridge' }])
  })

  it('large integers and unknown keys do not matter', () => {
    const text = conf({ x: 1 }).replace('"x":1', '"x":12345678901234567890,"10":0,"2":0')
    expect(read(text)?.list.text).toBe(text)
  })

  it('one bad file hides no other, and each fault names its file', () => {
    const { networks, faults } = networksFromFiles([
      { file: '/n/z.conflist', text: conf({ name: 'z' }) },
      { file: '/n/b.conflist', text: '{' },
      {
        file: '/n/c.conflist',
        error: new CniError({ code: 5, message: 'EACCES: permission denied' }),
      },
      { file: '/n/d.conflist', text: conf({ name: '../d' }) },
      { file: '/n/a.conflist', text: conf({ name: 'a' }) },
    ])
    expect(networks.map(({ name }) => name)).toEqual(['a', 'z'])
    expect(faults.map(({ code }) => code)).toEqual([6, 5, 7])
    expect(faults.map(({ message }) => message)).toEqual([
      'cannot use /n/b.conflist',
      'cannot read /n/c.conflist',
      'cannot use /n/d.conflist',
    ])
  })
})
