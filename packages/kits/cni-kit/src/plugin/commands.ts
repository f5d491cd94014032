import { expect } from 'vitest'
import { always, type PluginCase } from './case.ts'
import { confOf, errorOf, variablesOf, versionsOf, wordsOf } from './requests.ts'

const required = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME'],
} as const

/** The operation and the variables (SPEC 1.1.0, section 2, "Parameters" and "CNI operations"). */
export const commandCases: readonly PluginCase[] = [
  always(
    'SPEC 2, "VERSION" (case 98): prints its versions with no other variable, whatever is on standard input',
    async ({ run }) => {
      const ran = await run({ CNI_COMMAND: 'VERSION' }, 'no JSON at all')
      expect(ran.exitCode, wordsOf(ran)).toBe(0)
      const { cniVersion, supportedVersions } = JSON.parse(ran.stdout)
      expect(supportedVersions).toContain(cniVersion)
    },
  ),
  always(
    'SPEC 2, "CNI_COMMAND": without it, says what it is on standard error, or names the variable',
    async ({ run }) => {
      const ran = await run({ CNI_COMMAND: '' }, '')
      if (ran.exitCode === 0) {
        expect(ran).toMatchObject({ stdout: '', stderr: expect.stringMatching(/\d+\.\d+\.\d+/) })
      } else {
        expect(errorOf(ran)).toMatchObject({ code: 4, msg: expect.stringContaining('CNI_COMMAND') })
      }
    },
  ),
  ...['NOPE', 'add'].map((operation) =>
    always(`SPEC 2, "CNI_COMMAND" (case 104): ${operation} is not known`, async (subject) => {
      const ran = await subject.run(variablesOf(subject, operation), confOf(undefined))
      expect(errorOf(ran)).toMatchObject({ code: 4, msg: expect.stringContaining(operation) })
    }),
  ),
  ...Object.entries(required).flatMap(([operation, names]) =>
    names.map((name) =>
      always(`SPEC 2, "${operation}": a missing ${name} is named`, async (subject) => {
        const env = { ...variablesOf(subject, operation), [name]: '' }
        const [version] = (await versionsOf(subject)).slice(-1)
        const error = errorOf(await subject.run(env, confOf(version)))
        expect(error).toMatchObject({ code: 4, msg: expect.stringContaining(name) })
      }),
    ),
  ),
  always('SPEC 2, "ADD": all missing variables are named at once', async (subject) => {
    const error = errorOf(await subject.run({ CNI_COMMAND: 'ADD' }, confOf(undefined)))
    expect(error.code).toBe(4)
    for (const name of required.ADD) expect(error.msg).toContain(name)
  }),
  always('SPEC 2, "DEL" (case 97): does not ask for CNI_NETNS', async (subject, { conf }) => {
    const [version] = (await versionsOf(subject)).slice(-1)
    const env = { ...variablesOf(subject, 'DEL'), CNI_NETNS: '' }
    const ran = await subject.run(env, confOf(version, conf))
    expect(wordsOf(ran)).not.toContain('CNI_NETNS')
  }),
  ...['GC', 'STATUS'].map(
    (operation): PluginCase => ({
      title: `SPEC 2, "${operation}" (case 97): needs no container`,
      check: async (subject, { conf }) => {
        if (!(await versionsOf(subject)).includes('1.1.0')) return 'the plugin is older than 1.1.0'
        const env = { CNI_COMMAND: operation, CNI_PATH: '/nowhere' }
        const ran = await subject.run(env, confOf('1.1.0', conf))
        expect(wordsOf(ran)).not.toMatch(/CNI_(CONTAINERID|NETNS|IFNAME)|containerID/)
        return undefined
      },
    }),
  ),
  {
    title:
      'SPEC 2, "STATUS": prints nothing, or an error that says that it cannot serve; twice the same',
    check: async (subject, { conf }) => {
      if (!(await versionsOf(subject)).includes('1.1.0')) return 'the plugin is older than 1.1.0'
      const env = { CNI_COMMAND: 'STATUS', CNI_PATH: '/nowhere' }
      const ran = await subject.run(env, confOf('1.1.0', conf))
      // SPEC 2, "Error": 50 and 51 are STATUS's own; 7 tells of a configuration that nothing can be served by.
      if (ran.exitCode === 0) expect(ran.stdout).toBe('')
      else expect([7, 50, 51], wordsOf(ran)).toContain(errorOf(ran).code)
      expect(await subject.run(env, confOf('1.1.0', conf))).toEqual(ran)
      return undefined
    },
  },
]
