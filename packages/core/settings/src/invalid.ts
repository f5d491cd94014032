import { type CniError, usageError } from '@vethra/cni'

/** The CniError 103 for a value that cannot be, and for what to give. */
export function invalid(
  where: string,
  text: string,
  { fault, hint }: { readonly fault: string; readonly hint: string },
): CniError {
  const message = `${where}: ${JSON.stringify(text.slice(0, 128))} ${fault}`
  return usageError(message, hint)
}
