import { type AnnotationKey, annotationKeys } from './annotations.ts'
import type { Config } from './config.ts'
import { type Edit, setUnlessSame } from './edit.ts'
import type { BundleRecord } from './record.ts'

/** The edits that make annotations say what the record says, for nerdctl's hook; those that were not requested go: an image may have them. */
export function planAnnotations(
  config: Config,
  record: BundleRecord,
  stateDir: string,
): readonly Edit[] {
  const wanted = annotationsOf(record, stateDir)
  return Object.values(annotationKeys).flatMap((key): readonly Edit[] => {
    const [value, present] = [wanted[key], config.annotations[key]]
    const path = ['annotations', key]
    if (value !== undefined)
      return setUnlessSame(present, { path, value, note: `set ${key} to ${quoted(value)}` })
    if (present === undefined) return []
    return [{ kind: 'remove', path, note: `remove ${key}, which says ${quoted(present)}` }]
  })
}

function annotationsOf(
  record: BundleRecord,
  stateDir: string,
): Readonly<Partial<Record<AnnotationKey, string>>> {
  const [first] = record.networks
  return {
    'nerdctl/namespace': record.namespace,
    'nerdctl/state-dir': stateDir,
    'nerdctl/networks': JSON.stringify(record.networks.map((network) => network.ref)),
    'nerdctl/extraHosts': JSON.stringify(record.extraHosts.map((pair) => pair.join(':'))),
    'nerdctl/hostname': record.hostname,
    ...(record.name === '' ? {} : { 'nerdctl/name': record.name }),
    ...(record.domainname === '' ? {} : { 'nerdctl/domainname': record.domainname }),
    ...(first?.ip === undefined ? {} : { 'nerdctl/ip': first.ip }),
    ...(first?.ip6 === undefined ? {} : { 'nerdctl/ip6': first.ip6 }),
    ...(first?.macAddress === undefined ? {} : { 'nerdctl/mac-address': first.macAddress }),
    ...(record.pidFile === undefined ? {} : { 'nerdctl/pid-file': record.pidFile }),
  }
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 128))
}
