import { noProgramError } from '@vethra/cni'
import type { ParsedConfig } from '@vethra/container'
import { featureHint, lackedFeatures } from '@vethra/state'
import type { PrepareTools } from './prepare-tools.ts'

/** Throws CniError 100 for a profile in config.json without AppArmor in the kernel: runc would fail, crun leave it unconfined. */
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
