import { CniError, explain } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { seenFeatures } from '@vethra/state'
import { expect, it } from 'vitest'
import { type AddTools, addPlugins } from './add-plugins.ts'

const list = parseConfList(
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"ipvlan"},{"type":"b"}]}',
)
const attachment = {
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const unused = () => Promise.reject(new Error('not for this ADD'))

// `config`: the options that the kernel was built with.
function toolsWith(failing: string, config: string): AddTools {
  return {
    runner: {
      run: async ({ operation, type }) => {
        if (operation === 'ADD' && type === failing) {
          throw new CniError({ code: 999, message: 'operation not supported' })
        }
        return '{"cniVersion":"1.0.0"}'
      },
    },
    facts: async () => ({ kernelFeatures: async () => seenFeatures({ config }) }),
    netns: {
      linkAt: async () => undefined,
      hasLink: async () => true,
      look: async () => ({ found: 'unreadable', netnsId: '' }) as const,
    },
    lock: { hold: async (_, work) => work() },
    places: { dataStore: '', networks: '', runtime: '' } as AddTools['places'],
    rules: { save: unused, restore: unused },
    records: { write: unused },
  }
}

it.each([
  ['ipvlan', '', ['CONFIG_IPVLAN']],
  ['ipvlan', 'CONFIG_IPVLAN=y\n', []],
  ['b', '', []],
])(
  'of a failed %s on a kernel of options "%s" the error names %j',
  async (failing, config, named) => {
    const adding = { list, attachment, record: undefined }
    const error: unknown = await addPlugins(toolsWith(failing, config), adding).catch(
      (each) => each,
    )
    expect(error).toMatchObject({ code: 999 })
    expect(
      explain(error, 'error')
        .join()
        .match(/CONFIG_\w+/g) ?? [],
    ).toEqual(named)
  },
)
