import { CniError } from '@vethra/cni'

/** The CniError 103 for what cannot be made of the options of a network. */
export function refusal(message: string, hint?: string): CniError {
  return new CniError({ code: 103, message, hint })
}
