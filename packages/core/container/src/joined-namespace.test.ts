import { expect, it } from 'vitest'
import { joinedNamespace } from './joined-namespace.ts'

const config = (...namespaces: readonly object[]) => JSON.stringify({ linux: { namespaces } })

it.each([
  ['joins one', config({ type: 'pid' }, { type: 'network', path: '/run/netns/x' }), '/run/netns/x'],
  ['asks for one of its own', config({ type: 'network' }), undefined],
  ['has an empty path', config({ type: 'network', path: '' }), undefined],
  ['has a relative path', config({ type: 'network', path: 'x' }), undefined],
  ['has a path that is a number', config({ type: 'network', path: 7 }), undefined],
  ['has none', config(), undefined],
  ['is of another shape', '{"linux":{"namespaces":{"network":1}}}', undefined],
  ['is no object', 'null', undefined],
])('the namespace of a config.json that %s', (_, text, path) => {
  expect(joinedNamespace(JSON.parse(text))).toBe(path)
})
