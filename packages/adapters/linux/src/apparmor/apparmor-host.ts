import { ioError, noProgramError } from '@vethra/cni'
import { readText } from '@vethra/files'
import { runProgram } from '@vethra/plugin-exec/programs'
import { profileName } from './profile-text.ts'
import { profileToLoad } from './profile-to-load.ts'

/** Options of `appArmorHost`. */
export interface AppArmorHostOptions {
  /** The mount point of sysfs. Default `/sys`. */
  readonly sys?: string
  /** The program that loads a profile from its standard input. Default `apparmor_parser`. */
  readonly parser?: string
}

/** The AppArmor of this host. */
export interface AppArmorHost {
  /** Loads nerdctl's profile where AppArmor lacks it; true when it did. Throws CniError 100 without apparmor_parser(8), 5 with its words. */
  loadProfile(): Promise<boolean>
}

/** The AppArmor of this host, as its kernel reports it. */
export function appArmorHost(given: AppArmorHostOptions = {}): AppArmorHost {
  const { sys = '/sys', parser = 'apparmor_parser' } = given
  return {
    async loadProfile() {
      const profiles = await readText(`${sys}/kernel/security/apparmor/profiles`)
      // Most hosts end here, and looking further costs them nothing.
      if (profiles === undefined) return false
      const enabled = await readText(`${sys}/module/apparmor/parameters/enabled`)
      const text = profileToLoad({
        profiles,
        enabled,
        uidMap: await readText('/proc/self/uid_map'),
      })
      if (text === undefined) return false
      await load(parser, text)
      return true
    },
  }
}

// Not from the cache, nor into it: as containerd loads it.
async function load(parser: string, text: string): Promise<void> {
  const outcome = await runProgram(parser, ['--replace', '--skip-cache'], text)
  if (outcome?.status === 0) return
  const message = `cannot load AppArmor profile ${profileName}`
  if (outcome) throw ioError(message, { details: outcome.stderr.trim() })
  throw noProgramError(`${message}: cannot run ${parser}`, 'Install apparmor.')
}
