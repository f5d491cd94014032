import {
  type CniError,
  decodeError,
  goField,
  isNestedDeeper,
  isObject,
  jsonOrNull,
  present,
} from '@vethra/cni'
import { annotationKeys } from '../annotations.ts'
import type { BundleFlags } from '../bundle-flags.ts'
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
 * ours; another manager networks it; or it joins a network namespace, and asks for no network. Throws CniError 107 that names the annotation where its value cannot be, 6 for more than 100 levels where it may have some.
 */
export function askedOf(text: string, id: string): Asked | undefined {
  if (isNestedDeeper(text, deepest)) {
    if (text.includes('"vethra.')) throw tooDeep()
    return undefined
  }
  // One that is too large asks all the same, and is refused where it is prepared.
  // runc reads the first value, and nothing behind it: with annotations of ours it is refused where it is prepared.
  const whole = jsonOrNull(text, JSON.parse)
  const first = whole === null ? text.slice(0, endOfValue(text, skipSpace(text, 0))) : text
  const config = whole ?? jsonOrNull(first, JSON.parse)
  const annotations = goField(config, 'annotations')
  if (!isObject(annotations) || isOthers(annotations)) return undefined
  const flags = flagsOfAnnotations(id, annotations)
  const joins = joinedNamespace(first)
  if (flags === undefined || (joins !== undefined && !namesNetwork(flags))) return undefined
  const preparedFor = annotations[annotationKeys.stateDir]
  return {
    flags,
    keys: Object.keys(annotations).filter((key) => key.startsWith('vethra.')),
    ...(typeof preparedFor === 'string' ? { preparedFor } : {}),
    ...present({ joins }),
  }
}

const deepest = 100

function tooDeep(): CniError {
  return decodeError(
    `cannot decode config.json: it is nested deeper than ${deepest} levels, and may have annotations of Vethra`,
    'Take out what is nested so deep, or start the container with the real runtime.',
  )
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
