import type { AttachmentRecord } from './attachment-records.ts'
import type { PluginRunner } from './plugin-runner.ts'

/** A runner whose plugins carry the nonce of a record, so that whoever takes the record over knows them. */
export function withNonce(
  runner: PluginRunner,
  record: Pick<AttachmentRecord, 'nonce'> | undefined,
): PluginRunner {
  const nonce = record?.nonce
  return nonce === undefined ? runner : { run: (call) => runner.run({ ...call, nonce }) }
}
