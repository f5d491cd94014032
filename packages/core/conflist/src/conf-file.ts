import { attempt, CniError, type ConfList, goField } from '@vethra/cni'
import { parseConfList, parsePluginConf } from './conf-list.ts'
import { elements, readJson } from './json-text.ts'

/** Parses a file of a conf list folder: a `.conflist`, or a `.conf` or `.json` wrapped as libcni does. Throws CniError 6 or 7 naming the file. */
export function parseConfFile(text: string, file: string): ConfList {
  const parse = () => {
    const isList =
      file.endsWith('.conflist') || elements(readJson(text, fault), 'plugins').length > 0
    return { ...(isList ? parseConfList(text) : wrapPlugin(text)), file }
  }
  return attempt(parse, (cause) => {
    throw new CniError({ code: cause.code, message: `cannot use ${file}`, cause })
  })
}

const fault = 'error parsing configuration'

// A single-plugin file has no cniVersions and no flags: what stands there belongs to the plugin.
function wrapPlugin(text: string): ConfList {
  const plugin = parsePluginConf(text)
  const { value } = readJson(text, fault)
  const name = goField(value, 'name') ?? ''
  const cniVersion = goField(value, 'cniVersion') ?? ''
  const head = JSON.stringify({ cniVersion, name }).slice(0, -1)
  return { ...parseConfList(`${head},"plugins":[${text}]}`), plugins: [plugin] }
}
