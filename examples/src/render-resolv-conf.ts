// Prints the resolv.conf of a container: what its owner asks for comes before what the host has.
import { containerResolvConf, renderResolvConf } from '@vethra/names'

const { conf, warnings } = containerResolvConf({
  mode: 'cni',
  host: 'nameserver 192.0.2.1\nsearch example.com\noptions ndots:2\n',
  cli: { servers: ['192.0.2.53'] },
  settings: {},
  ipv6: false,
})
for (const each of warnings) console.error(each)
console.log(renderResolvConf(conf, { provenance: true }))
