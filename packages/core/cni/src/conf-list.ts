/** One plugin's object in a conf list (SPEC 1.1.0, section 1, "Plugin configuration objects"). */
export interface PluginConf {
  /** The name of the executable. */
  readonly type: string
  /** Which capability args the plugin wants. */
  readonly capabilities: Readonly<Record<string, boolean>>
  /** The `type` of the `ipam` object; absent when there is none or it names no plugin. */
  readonly ipamType?: string
  /** The object exactly as written, so that unknown keys, key order and large integers reach the plugin. */
  readonly text: string
}

/** A network: its ordered plugins and the rules for running them (SPEC 1.1.0, section 1, "Network configuration format"). */
export interface ConfList {
  readonly name: string
  /** The version that requests carry: the highest of `cniVersions` and `cniVersion` that is supported. Empty when the list names none. */
  readonly cniVersion: string
  readonly disableCheck: boolean
  readonly disableGc: boolean
  readonly loadOnlyInlinedPlugins: boolean
  /** In the order of ADD; empty only before drop-in plugins are added. */
  readonly plugins: readonly PluginConf[]
  /** The whole file as read: what the result cache keeps. */
  readonly text: string
  /** The path of that file; absent for what was kept elsewhere. */
  readonly file?: string
}
