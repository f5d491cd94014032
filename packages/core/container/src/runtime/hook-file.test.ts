import { expect, it } from 'vitest'
import { hookFile, isHookFile } from './hook-file.ts'

it('has the hook called for annotations of ours alone', () => {
  const file = JSON.parse(hookFile('/usr/local/bin/vethra'))
  expect(file).toMatchObject({
    version: '1.0.0',
    hook: { path: '/usr/local/bin/vethra', args: ['vethra', 'oci-hook', 'precreate'] },
    stages: ['precreate'],
  })
  const [[key = '', value = ''] = []] = Object.entries<string>(file.when.annotations)
  expect(
    ['vethra.network', 'vethra.x', 'xvethra.x', 'vethras'].map((each) =>
      new RegExp(key).test(each),
    ),
  ).toEqual([...[true, true, false, false]])
  expect(new RegExp(value).test('')).toBe(true)
  expect(isHookFile(hookFile('/x'))).toBe(true)
})

it.each(['', '{}', '{"hook":{"args":["vethra","oci-hook","postStop"]}}', '{"hook":{"args":"x"}}'])(
  '%s is not ours',
  (text) => {
    expect(isHookFile(text)).toBe(false)
  },
)
