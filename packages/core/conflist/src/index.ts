/** Conf list text to ConfList, which file wins, and a plugin's request configuration. Not for reading folders or running plugins. */
export { parseConfFile } from './conf-file.ts'
export { parseConfList, parsePluginConf } from './conf-list.ts'
export { properties } from './json-text.ts'
export { type RequestExtras, requestConfiguration } from './request-configuration.ts'
export { type ConfFileText, selectConfList, withDropIns } from './select.ts'
export { selectVersion } from './select-version.ts'
