import type { ConfList } from '@vethra/cni'
import type { FeatureName } from '@vethra/state'
import { pluginFeatures } from './registry.ts'

/** The features of the kernel that attaching to a network takes, each once, in the order of its plugins. */
export function networkFeatures({ plugins }: Pick<ConfList, 'plugins'>): readonly FeatureName[] {
  return [...new Set(plugins.flatMap(({ type }) => pluginFeatures(type)))]
}
