import { goField, isObject, type Json, jsonOrNull, present } from '@vethra/cni'
import { annotationKeys } from '../annotations.ts'
import type { BundleFlags } from '../bundle-flags.ts'
import { checkAnnotations } from '../config-keys.ts'
import { joinedNamespace } from '../joined-namespace.ts'
import { endOfValue, skipSpace } from '../json-places.ts'
import { flagsOfAnnotations } from './annotations.ts'

/** The wishes of a bundle whose container an OCI runtime is to start. */
export interface Asked {
  readonly flags: BundleFlags
  /** The folder of the container that `bundle prepare`, a hook file or nerdctl prepared it for. */
  readonly preparedFor?: string
  /** The path of the network namespace that it joins. */
  readonly joins?: string
  /** The keys of the annotations that ask, for messages. */
  readonly keys: readonly string[]
}

/**
 * The wishes in a config.json; undefined for one that is to be passed on as it is. That is not JSON, or has no annotation of
 * ours; another manager networks it; or it joins a network namespace, and asks for no network. Throws CniError 107 that names the annotation where its value cannot be, 7 where two lists of annotations hide one of ours.
 */
export function askedOf(text: string, id: string): Asked | undefined {
  // One that is too large or nested too deep asks all the same, and is refused where it is prepared.
  // runc reads the first value, and nothing behind it: with annotations of ours it is refused where it is prepared.
  const config = jsonOrNull(text, JSON.parse) ?? firstValue(text)
  const annotations = goField(config, 'annotations')
  if (!isObject(annotations) || isOthers(annotations)) return undefined
  const flags = flagsOfAnnotations(id, annotations)
  const joins = joinedNamespace(config)
  // An earlier one may ask; the keys of one that asks are looked at where it is prepared.
  if (flags === undefined) checkAnnotations(text)
  if (flags === undefined || (joins !== undefined && !namesNetwork(flags))) return undefined
  const preparedFor = annotations[annotationKeys.stateDir]
  return {
    flags,
    keys: Object.keys(annotations).filter((key) => key.startsWith('vethra.')),
    ...(typeof preparedFor === 'string' ? { preparedFor } : {}),
    ...present({ joins }),
  }
}

function firstValue(text: string): Json {
  return jsonOrNull(text.slice(0, endOfValue(text, skipSpace(text, 0))), JSON.parse)
}

// nerdctl's keys are ours too, where `bundle prepare` wrote them: its state folder tells. CRI-O's keys are Podman's, too.
function isOthers(annotations: Readonly<Record<string, unknown>>): boolean {
  const prepared = annotations[annotationKeys.stateDir] !== undefined
  const isPodmans = annotations['io.container.manager'] === 'libpod'
  return Object.keys(annotations).some(
    (key) =>
      key.startsWith('io.kubernetes.cri.') ||
      (key.startsWith('io.kubernetes.cri-o.') && !isPodmans) ||
      (key.startsWith('nerdctl/') && !prepared),
  )
}

function namesNetwork({ network }: BundleFlags): boolean {
  return network.length > 0 && !network.includes('none')
}
