import { describe, expect, it } from 'vitest'
import { isolationSupport } from './index.ts'

const unknown =
  'CNI firewall plugin version unknown\nCNI protocol versions supported: 0.4.0, 1.0.0\n'
const refused = '{"code": 999, "msg": "unknown ingress policy: \\"isolated\\""}'

describe('isolationSupport', () => {
  it.each([
    ['v1.7.1', true],
    ['v1.10.0', true],
    ['v2.0.0', true],
    ['v1.7.0', false],
    ['v1.1.1', false],
    ['v0.9.9', false],
  ])('a firewall plugin that states %s: %s', (version, supported) => {
    const about = `CNI firewall plugin ${version}\nCNI protocol versions supported: 1.0.0\n`
    expect(isolationSupport({ about })).toMatchObject({ supported })
  })

  it('one that states no version is judged by what it did', () => {
    expect(isolationSupport({ about: unknown, trial: { succeeded: true, stdout: '{}' } })).toEqual({
      supported: true,
      why: '',
    })
    expect(
      isolationSupport({ about: unknown, trial: { succeeded: false, stdout: refused } }),
    ).toEqual({
      supported: false,
      why: expect.stringContaining('unknown ingress policy: "isolated"'),
    })
  })

  it('what could not be tried, and what is not there, is no support', () => {
    expect(isolationSupport({ about: unknown })).toMatchObject({ supported: false })
    expect(
      isolationSupport({ about: unknown, trial: { succeeded: false, stdout: 'x' } }).why,
    ).toMatch(/could not be tried out/)
    expect(isolationSupport(undefined)).toEqual({
      supported: false,
      why: 'there is no firewall plugin',
    })
  })
})
