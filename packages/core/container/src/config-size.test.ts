import { describe, expect, it } from 'vitest'
import { sampleConfig, samplePlaces, sampleRequest } from '../test/sample-bundle.ts'
import { parseConfig, planBundle } from './index.ts'

const size = 1024 * 1024

/** As many texts as make a megabyte, in a row. */
function manyOf(text: (index: number) => string): string {
  const texts: string[] = []
  for (let length = 0; length < size; length += (texts.at(-1) ?? '').length + 1)
    texts.push(text(texts.length))
  return texts.join()
}

/** A config.json with one key more. */
function withKey(key: string, value: string): string {
  return sampleConfig({ [key]: 'here' }).replace(`"${key}": "here"`, () => `"${key}": ${value}`)
}

const ours =
  '{"destination":"/etc/hosts","type":"bind","source":"/d/etchosts/n/i/hosts","options":["bind","rprivate"]}'
const hook = '{"path":"/x","args":["x","oci-hook","createRuntime"]}'
const hooks = (key: string) => withKey('hooks', `{"${key}":[${manyOf(() => hook)}]}`)

const megabytes = 16 * size - 4096

/** As many texts as make the largest config.json. */
function all(text: (index: number) => string): string {
  const count = Math.floor(megabytes / (text(9_999_999).length + 1))
  return Array.from({ length: count }, (_, index) => text(index)).join()
}

describe('the largest config.json is refused at once for:', () => {
  it.each([
    ['annotations', () => withKey('annotations', `{${all((index) => `"a${index}":"b"`)}}`)],
    ['sysctls', () => withKey('linux', `{"sysctl":{${all((index) => `"net.${index}":"b"`)}}}`)],
    ['uppermost keys', () => `${sampleConfig().slice(0, -1)},${all((index) => `"a${index}":0`)}}`],
  ])('%s', (_, text) => {
    expect(() => parseConfig(text())).toThrow(
      expect.objectContaining({
        code: 6,
        message: expect.stringContaining('an object of more than 100000 members'),
      }),
    )
  })

  it('hooks and mounts of ours', () => {
    const parsed = parseConfig(withKey('mounts', `[${all(() => ours)}]`))
    expect(() => planBundle(parsed, sampleRequest(), samplePlaces)).toThrow(
      expect.objectContaining({ code: 107 }),
    )
  })
})

it('an object of as many members as are allowed is taken, in a line with texts full of colons', () => {
  const members = Array.from({ length: 100_000 }, (_, index) => `"a${index}":":::"`)
  const { config } = parseConfig(withKey('annotations', `{${members.join()}}`))
  expect(Object.keys(config.annotations)).toHaveLength(100_000)
})

// In milliseconds, many times what it takes: what grows with the square takes minutes.
describe('a megabyte of a config.json is planned in time:', () => {
  it.each([
    ['annotations', withKey('annotations', `{${manyOf((index) => `"a${index}":"b"`)}}`)],
    ['mounts', withKey('mounts', `[${manyOf((index) => `{"destination":"/m${index}"}`)}]`)],
    ['mounts of ours', withKey('mounts', `[${manyOf(() => ours)}]`)],
    ['hooks of ours', hooks('createRuntime')],
    ['hooks of ours at prestart', hooks('prestart')],
    ['variables', withKey('process', `{"env":[${manyOf(() => '"HOSTNAME=x"')}]}`)],
    ['namespaces', withKey('linux', `{"namespaces":[${manyOf(() => '{"type":"network"}')}]}`)],
    ['keys of others', withKey('x', `{${manyOf((index) => `"a${index}":{"b":[]}`)}}`)],
    ['uppermost keys', `${sampleConfig().slice(0, -1)},${manyOf((index) => `"a${index}":0`)}}`],
    ['numbers', withKey('x', `[${manyOf(() => '1')}]`)],
    ['a string', withKey('x', `"${'\\n'.repeat(size / 2)}"`)],
    ['blanks', sampleConfig().replace('\n', `\n${' '.repeat(size)}`)],
  ])('%s', { timeout: 30_000 }, (_, text) => {
    const { config } = planBundle(parseConfig(text), sampleRequest(), samplePlaces)
    expect(planBundle(parseConfig(config), sampleRequest(), samplePlaces).config).toBe(config)
  })

  it.each([
    ['errors', `{"a":[${'?,'.repeat(size / 2)}`],
    ['a string without an end', `{"a":"${'\\"'.repeat(size / 2)}`],
    ['a key without an end', `{"${'{'.repeat(size)}`],
    ['keys of the wrong shape', withKey('annotations', `{${manyOf((index) => `"a${index}":1`)}}`)],
    ['mounts of the wrong shape', withKey('mounts', `[${manyOf(() => '{}')}]`)],
    ['the same key', withKey('annotations', `{${manyOf(() => '"a":"b"')}}`)],
  ])('%s, to be refused', { timeout: 30_000 }, (_, text) => {
    expect(() => planBundle(parseConfig(text), sampleRequest(), samplePlaces)).toThrow(
      expect.objectContaining({ name: 'CniError' }),
    )
  })
})
