import { expect, it } from 'vitest'
import { askedOf } from './asked.ts'

const config = (annotations: object, linux: object = { namespaces: [{ type: 'network' }] }) =>
  JSON.stringify({ ociVersion: '1.0.2', annotations, linux })
const joined = (path: string) => ({ namespaces: [{ type: 'network', path }] })
const lan = { 'vethra.network': 'lan' }

it.each([
  [config(lan), ['lan']],
  [config({ 'vethra.name': 'web' }), []],
  // runc starts such a one by what comes first, and crun refuses it.
  [` ${config(lan)}}`, ['lan']],
  [`${config(lan)}{"annotations":{}}`, ['lan']],
  [
    config({ ...lan, 'io.kubernetes.cri-o.TTY': 'false', 'io.container.manager': 'libpod' }),
    ['lan'],
  ],
  [config(lan, joined('/run/netns/x')), ['lan']],
  [config({ 'vethra.network': 'lan;back' }, joined('/run/netns/x')), ['lan', 'back']],
])('%s asks', (text, network) => {
  expect(askedOf(text, 'web')).toMatchObject({ flags: { id: 'web', network } })
})

it('tells which container a bundle has been prepared for', () => {
  const text = config({ ...lan, 'nerdctl/state-dir': '/x/web', 'nerdctl/name': 'web' })
  expect(askedOf(text, 'web')).toMatchObject({ preparedFor: '/x/web' })
})

it.each([
  '',
  '{',
  '"',
  '{"annotations":{"vethra.network":"lan"}',
  `x${config(lan)}`,
  'null',
  '[]',
  '{"annotations":null}',
  '{"annotations":["vethra.network"]}',
  '{"annotations":"vethra.network"}',
  `${'['.repeat(200)}${']'.repeat(200)}`,
  config({}),
  config({ other: 'x' }),
  config({ ...lan, 'nerdctl/name': 'web' }),
  config({ ...lan, 'io.kubernetes.cri.container-type': 'sandbox' }),
  config({ ...lan, 'io.kubernetes.cri.sandbox-id': 'x' }),
  config({ ...lan, 'io.kubernetes.cri-o.ContainerType': 'container' }),
  config({ ...lan, 'io.kubernetes.cri-o.TTY': 'false', 'io.container.manager': 'cri-o' }),
  config({ ...lan, 'io.kubernetes.cri.sandbox-id': 'x', 'io.container.manager': 'libpod' }),
  config({ 'vethra.name': 'web' }, joined('/run/netns/x')),
  config({ 'vethra.network': 'none' }, joined('/run/netns/x')),
  config({ 'vethra.ports': '80:80' }, joined('/proc/1/ns/net')),
])('%s is passed on', (text) => {
  expect(askedOf(text, 'web')).toBeUndefined()
})

it.each([
  '{"annotations":{"vethra.network":"lan"},"annotations":{}}',
  '{"annotations":{"vethra.network":"lan"},"Annotations":{"other":"x"}}',
])('%s is refused: runc merges both, and one parse sees the last', (text) => {
  expect(() => askedOf(text, 'web')).toThrow(
    expect.objectContaining({
      code: 7,
      message: expect.stringMatching(/nnotations" stands twice/),
    }),
  )
})

it('of a bundle of another manager no value is looked at', () => {
  expect(askedOf(config({ 'vethra.name': '../x', 'nerdctl/name': 'a' }), 'web')).toBeUndefined()
})

it('a config.json that is nested deep asks by its annotations alone: it is refused where it is prepared', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const withDeep = (annotations: object) => `${config(annotations).slice(0, -1)},"deep":${deep}}`
  expect(askedOf(withDeep(lan), 'web')).toMatchObject({ flags: { network: ['lan'] } })
  expect(askedOf(withDeep({ other: 'x' }), 'web')).toBeUndefined()
})
