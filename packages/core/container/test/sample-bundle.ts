import type { Json } from '@vethra/cni'
import { parseConfig } from '../src/config.ts'
import type { BundlePlaces } from '../src/places.ts'
import { type BundlePlan, planBundle } from '../src/plan.ts'
import type { BundleRequest } from '../src/request.ts'

/** A config.json as `runc spec` lays it out, for tests; `parts` replace its keys. */
export function sampleConfig(parts: Readonly<Record<string, Json>> = {}): string {
  const config = { ...base, ...parts }
  return JSON.stringify(config, null, '\t').replace('"RLIM_INFINITY"', '18446744073709551615')
}

/** A request for one container, for tests; `parts` replace its keys. */
export function sampleRequest(parts: Partial<BundleRequest> = {}): BundleRequest {
  return {
    id: '0123456789abcdef',
    namespace: 'default',
    networks: [],
    ports: [],
    extraHosts: [],
    aliases: [],
    dns: {},
    ...parts,
  }
}

/** Where things would be on a host, for tests. */
export const samplePlaces: BundlePlaces = {
  stateDir: '/data/1935db59/containers/default/0123456789abcdef',
  resolvConf: '/data/1935db59/containers/default/0123456789abcdef/resolv.conf',
  hosts: '/data/1935db59/etchosts/default/0123456789abcdef/hosts',
  hostname: '/data/1935db59/containers/default/0123456789abcdef/hostname',
  hook: {
    path: '/usr/bin/vethra',
    args: ['vethra', '--data-root=/data'],
    env: ['PATH=/usr/sbin:/usr/bin'],
    timeout: 120,
  },
}

/** A plan for tests, and its config.json as a value. */
export function planned(
  parts: Partial<BundleRequest> = {},
  text: string = sampleConfig(),
  places: BundlePlaces = samplePlaces,
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into the value, and a wrong step fails them
): BundlePlan & { readonly json: any } {
  const plan = planBundle(parseConfig(text), sampleRequest(parts), places)
  return { ...plan, json: JSON.parse(plan.config) }
}

const base: Readonly<Record<string, Json>> = {
  ociVersion: '1.0.2',
  process: {
    args: ['sh'],
    env: ['PATH=/bin', 'TERM=xterm'],
    cwd: '/',
    rlimits: [{ type: 'RLIMIT_CORE', hard: 'RLIM_INFINITY', soft: 0 }],
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'runc',
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: [{ type: 'pid' }, { type: 'network' }, { type: 'uts' }] },
}
