// Reads the text of a conf list, and prints its plugins with the request that each would be sent.
import { parseConfList, requestConfiguration } from '@vethra/conflist'

const text = `{
  "cniVersion": "1.0.0",
  "name": "lan",
  "plugins": [
    { "type": "bridge", "bridge": "br0" },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}`
const list = parseConfList(text)
const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]

console.log(`network ${list.name}, CNI ${list.cniVersion}`)
for (const plugin of list.plugins) {
  console.log(plugin.type, requestConfiguration(list, plugin, { capabilityArgs: { portMappings } }))
}
