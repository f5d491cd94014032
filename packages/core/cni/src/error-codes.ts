/** Codes of a CniError: 0 to 99 are the SPEC's (1.1.0, section 5, "Error"), those from 100 up ours, 999 libcni's for none. */
export const errorCodes: Readonly<Record<number, string>> = {
  0: 'the plugin gave no code',
  1: 'incompatible CNI version',
  2: 'unsupported field in the network configuration',
  3: 'container unknown or does not exist',
  4: 'invalid environment variable',
  5: 'I/O failure',
  6: 'failed to decode content',
  7: 'invalid network configuration',
  8: 'invalid network namespace',
  11: 'try again later',
  50: 'the plugin is not available',
  51: 'the plugin is not available, and existing containers may have limited connectivity',
  100: 'a required program or plugin is missing',
  101: 'the thing named does not exist',
  102: 'the thing named exists already or is in use',
  103: 'the command line or a setting is wrong',
  104: 'a plugin timed out or printed too much',
  105: 'timed out waiting for a lock',
  106: 'several things failed; the cause lists them',
  107: 'an annotation, a bundle or a stored file is invalid',
  108: 'the host is in an unexpected state',
  999: 'internal error of a plugin',
}

/** The meaning of a code, in a few words; unknown codes are the plugin's own. */
export function errorName(code: number): string {
  return errorCodes[code] ?? "the plugin's own code"
}
