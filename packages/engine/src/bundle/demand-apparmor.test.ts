import { type KernelTexts, seenFeatures } from '@vethra/state'
import { expect, it } from 'vitest'
import { demandAppArmor } from './demand-apparmor.ts'
import type { PrepareTools } from './prepare-tools.ts'

const demand = (texts: KernelTexts, appArmorProfile: string | undefined) => {
  const effects = { kernelFeatures: async () => seenFeatures(texts) }
  return demandAppArmor({ effects } as unknown as PrepareTools, { appArmorProfile })
}

it.each<[string, KernelTexts]>([
  ['was built without it', { config: '' }],
  ['was booted without it', { appArmor: 'N\n' }],
])(
  'a profile is refused where the kernel %s, by the option and what the profile is called',
  async (_what, texts) => {
    await expect(demand(texts, 'nerdctl-default')).rejects.toMatchObject({
      code: 100,
      message: expect.stringContaining('"nerdctl-default"'),
      hint: expect.stringMatching(/process\.apparmorProfile.*CONFIG_SECURITY_APPARMOR/),
    })
  },
)

it.each<[string, KernelTexts, string | undefined]>([
  ['no profile, without AppArmor', { config: '' }, undefined],
  ['unconfined, without AppArmor', { config: '' }, 'unconfined'],
  ['a profile, with AppArmor', { appArmor: 'Y\n' }, 'nerdctl-default'],
  ['a profile, where nothing tells', {}, 'nerdctl-default'],
])('%s: passes', async (_what, texts, profile) => {
  await expect(demand(texts, profile)).resolves.toBeUndefined()
})
