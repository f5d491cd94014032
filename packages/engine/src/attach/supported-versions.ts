import { CniError, decodeError, goField, parseJsonOr } from '@vethra/cni'
import type { PluginRunner } from '@vethra/world'

/**
 * The spec versions that a plugin supports, as it prints them on VERSION (SPEC 1.1.0, section 2,
 * "VERSION"). A plugin that does not know the operation supports 0.1.0. Throws the plugin's error
 * for anything else that goes wrong, and CniError 6 for an answer that makes no sense.
 */
export async function supportedVersions(
  runner: PluginRunner,
  type: string,
): Promise<readonly string[]> {
  try {
    return versionsIn(await runner.run(versionCall(type)))
  } catch (error) {
    // Plugins of 0.1.0 have no VERSION; that is all they say.
    if (error instanceof CniError && error.message === 'unknown CNI_COMMAND: VERSION')
      return ['0.1.0']
    throw error
  }
}

// Old plugins check variables that VERSION has no use for: libcni sends them this.
function versionCall(type: string) {
  const stdin = '{"cniVersion":"1.1.0"}'
  return {
    type,
    operation: 'VERSION',
    containerId: '',
    netns: 'dummy',
    ifname: 'dummy',
    cniArgs: [],
    stdin,
  } as const
}

function versionsIn(printed: string): readonly string[] {
  const answer = parseJsonOr(printed, (cause) => undecodable('it is not JSON', cause))
  const version = goField(answer, 'cniVersion')
  if (typeof version !== 'string' || version === '') throw undecodable('missing field cniVersion')
  const versions = goField(answer, 'supportedVersions')
  if (Array.isArray(versions) && versions.length > 0) return versions.map(String)
  if (version === '0.2.0') return ['0.1.0', '0.2.0']
  throw undecodable('missing field supportedVersions')
}

function undecodable(why: string, cause?: unknown): CniError {
  return decodeError(`decoding version info: ${why}`, { cause })
}
