import { describe, expect, it } from 'vitest'
import { podNames, podOf, podText } from './index.ts'

const args = (containerId: string, namespace: string, name: string) => ({
  containerId,
  cniArgs: [
    ['IgnoreUnknown', '1'],
    ['K8S_POD_NAMESPACE', namespace],
    ['K8S_POD_NAME', name],
    ['K8S_POD_INFRA_CONTAINER_ID', 'c1'],
  ] as const,
})

describe('podOf', () => {
  it('reads the names that a CRI runtime gives plugins', () => {
    expect(podOf(args('c1', 'shop', 'web-0'))).toEqual({ namespace: 'shop', name: 'web-0' })
  })

  it('is undefined for what is no pod: other arguments, or those of another container', () => {
    expect(podOf({ containerId: 'c1', cniArgs: [['K', 'V']] })).toBeUndefined()
    expect(podOf(args('c2', 'shop', 'web-0'))).toBeUndefined()
  })

  it.each([
    ['shop', 'web\u001b[2J'],
    ['shop', 'web\n'],
    ['../etc', 'web'],
    ['', 'web'],
    ['shop', 'w'.repeat(254)],
  ])('leaves names out that no pod can have: %j, %j', (namespace, name) => {
    expect(podOf(args('c1', namespace, name))).toEqual({ namespace: '', name: '' })
  })
})

it('a pod is called as nerdctl does, and not at all without names', () => {
  expect(podText(podNames('shop', 'web-0'))).toBe('k8s://shop/web-0')
  expect(podText(podNames('shop', ''))).toBe('')
})
