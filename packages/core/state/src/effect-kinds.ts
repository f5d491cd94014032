import type { Resource } from './resource.ts'

/** The kinds of resources that firewall rules make. */
export const effectKinds: readonly Resource['kind'][] = [
  'admit',
  'isolate',
  'masquerade',
  'published masquerade',
  'publish',
]
