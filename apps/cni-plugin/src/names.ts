/** The names of the plugins that Vethra is. */
export const pluginNames: readonly ['host-local', 'static'] = ['host-local', 'static']

/** One of `pluginNames`. */
export type PluginName = (typeof pluginNames)[number]

/** Whether Vethra is a plugin of this name. */
export function isPluginName(name: string): name is PluginName {
  return (pluginNames as readonly string[]).includes(name)
}
