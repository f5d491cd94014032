import { expect } from 'vitest'
import { always, type PluginCase } from './case.ts'
import { confOf, errorOf, variablesOf } from './requests.ts'

const ifnames = ['0123456789abcdef', '.', '..', 'a/b', 'a:b', 'a b']
const networks = [
  ['a missing name', '{"cniVersion":"1.0.0"}', 7],
  ['an empty name', '{"cniVersion":"1.0.0","name":""}', 7],
  ['the name te%%st', '{"cniVersion":"1.0.0","name":"te%%st"}', 7],
  ['the name ../other', '{"cniVersion":"1.0.0","name":"../other"}', 7],
  ['a name that is a number', '{"cniVersion":"1.0.0","name":5}', 6],
  ['an empty configuration', '', 6],
  ['half a configuration', '{"cniVersion":"1.0.0","na', 6],
  ['an array', '[]', 6],
] as const

/** Names and what is no configuration (SPEC 1.1.0, section 1, "name", and section 2, "Parameters"). */
export const nameCases: readonly PluginCase[] = [
  ...['ADD', 'DEL', 'CHECK'].map((operation) =>
    always(`SPEC 2, "CNI_CONTAINERID": a bad one is refused by ${operation}`, async (subject) => {
      const env = { ...variablesOf(subject, operation), CNI_CONTAINERID: 'a%%b' }
      const error = errorOf(await subject.run(env, confOf('1.0.0')))
      expect(error.code).toBe(4)
      expect(error.msg + error.details).toMatch(/containerID/i)
    }),
  ),
  ...ifnames.map((ifname) =>
    always(`SPEC 2, "CNI_IFNAME": ${JSON.stringify(ifname)} is refused`, async (subject) => {
      const env = { ...variablesOf(subject, 'ADD'), CNI_IFNAME: ifname }
      expect(errorOf(await subject.run(env, confOf('1.0.0'))).code).toBe(4)
    }),
  ),
  ...networks.map(([what, stdin, code]) =>
    always(`SPEC 1, "name" (case 103): ${what} is refused with code ${code}`, async (subject) => {
      const ran = await subject.run(variablesOf(subject, 'ADD'), stdin)
      expect(errorOf(ran).code).toBe(code)
    }),
  ),
]
