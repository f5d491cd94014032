import { memoryIpamStore, memoryKernel } from '@vethra/memory-world'
import type { StageCall, StageWorld } from '@vethra/world'
import { expect, it } from 'vitest'
import { stageRunner } from './stage-runner.ts'

const netns = '/run/netns/a'
const twice = '{"net.core.somaxconn":"1","net.core.somaxconn":"2"}'
const previous = JSON.stringify({
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', sandbox: netns }],
})

function tuning(operation: StageCall['operation']): StageCall {
  const stdin = `{"cniVersion":"1.0.0","name":"lan","type":"tuning","sysctl":${twice}}`
  const call = {
    operation,
    type: 'tuning',
    containerId: 'a',
    netns,
    ifname: 'eth0',
    cniArgs: [],
    stdin,
  }
  return { operation, calls: [call], previous }
}

function worldInMaps(): StageWorld {
  return {
    attachments: memoryKernel(),
    ipamAt: () => memoryIpamStore(),
    resolvers: async () => ({}),
    programs: { run: async () => '' },
  }
}

it.each(['ADD', 'CHECK'] as const)(
  '%s refuses a sysctl that is given twice, as tuning does as a program',
  async (operation) => {
    const run = stageRunner(worldInMaps())
    await expect(run(tuning(operation))).rejects.toMatchObject({
      message: 'duplicated sysctl keys are not allowed',
    })
  },
)

it('DEL of a conf with a sysctl twice goes on', async () => {
  expect(await stageRunner(worldInMaps())(tuning('DEL'))).toBe('')
})
