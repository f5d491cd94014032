import type { Memory } from '@vethra/world'
import type { RecordsFolder } from './disk-attachment-records.ts'
import type { ResultsFolder } from './disk-result-cache.ts'

/** All that two folders remember of attachments, and the files of theirs that are damaged. */
export async function rememberedOnDisk(
  records: RecordsFolder,
  results: ResultsFolder,
): Promise<Memory> {
  const [recorded, cached] = await Promise.all([records.survey(), results.survey()])
  const of = (kind: 'record' | 'result') => (file: string) => ({ of: kind, file })
  return {
    records: recorded.entries,
    cached: cached.entries,
    damaged: [...recorded.damaged.map(of('record')), ...cached.damaged.map(of('result'))],
  }
}
