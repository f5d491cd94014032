import { invalidFileError } from '@vethra/cni'
import { type AnnotationKey, annotationKeys } from './annotations.ts'
import { readAnnotations } from './read-annotations.ts'
import type { BundleRecord, HookRequest } from './record.ts'
import type { OciState } from './state.ts'

/** A hook's work: by the record, else by annotations; `folder` is the container's in the data store. Throws CniError 107 naming one that is missing, invalid, or contradicts the record. */
export function hookRequest(
  state: OciState,
  record: BundleRecord | undefined,
  folder: string,
): HookRequest {
  const { stateDir, pidFile, netns, namespace } = annotationKeys
  onlyIf(state, stateDir, folder)
  onlyIf(state, pidFile, record?.pidFile)
  onlyIf(state, netns, record?.netns)
  if (!record) return readAnnotations(state)
  onlyIf(state, namespace, record.namespace)
  if (record.id !== state.id)
    throw invalidFileError(
      `the bundle was prepared for container ${record.id}, and runs as ${state.id}`,
      `Run it as ${record.id}, or run "vethra bundle prepare" with --id ${state.id}.`,
    )
  const { version: _version, dns: _dns, ...request } = record
  return request
}

function onlyIf(state: OciState, key: AnnotationKey, wanted: string | undefined): void {
  const value = state.annotations[key]
  if (value === undefined || value === wanted) return
  const rule = wanted === undefined ? 'none was recorded' : `must be ${JSON.stringify(wanted)}`
  throw invalidFileError(
    `annotation ${key} is ${JSON.stringify(value.slice(0, 128))}, and ${rule}`,
    `Remove ${key} from the annotations in config.json, or run "vethra bundle prepare" again.`,
  )
}
