import { noProgramError } from '@vethra/cni'
import type { ParsedConfig } from '@vethra/container'
import { featureHint, lackedFeatures } from '@vethra/state'
import type { PrepareTools } from './prepare-tools.ts'

/**
 * Throws CniError 100 where a config.json asks for an AppArmor profile and the kernel has no AppArmor: runc would fail at
 * the start, and crun leave the container unconfined.
 */
export async function demandAppArmor(
  { effects }: Pick<PrepareTools, 'effects'>,
  { appArmorProfile }: Pick<ParsedConfig['config'], 'appArmorProfile'>,
): Promise<void> {
  if (appArmorProfile === undefined || appArmorProfile === 'unconfined') return
  const [lacked] = lackedFeatures(await effects.kernelFeatures(), ['AppArmor'])
  if (lacked === undefined) return
  throw noProgramError(
    `config.json asks for AppArmor profile ${JSON.stringify(appArmorProfile)}, and the kernel of this host has no AppArmor`,
    `Remove process.apparmorProfile from config.json. ${featureHint('AppArmor')}`,
  )
}
