// Attaches the network namespace of the argument to a bridge with the built-in plugins, prints its address, and
// with a second argument "del" detaches it. Needs root.
import { addStage, delStage } from '@vethra/engine'
import { diskIpamStore } from '@vethra/ipam-disk'
import { programKernel } from '@vethra/linux/programs'
import { dirLock } from '@vethra/lock-dir'

const [netns = '/run/netns/blue', verb = 'add'] = process.argv.slice(2)
const lock = dirLock({ timeoutMs: 5_000 })
const world = {
  attachments: programKernel({ zoneRecords: '/run/vethra/firewalld' }),
  ipamAt: async () =>
    diskIpamStore({ dataDir: '/run/example', indexDir: '/run/example-index', lock }),
  resolvers: async () => ({}),
  programs: { run: async () => Promise.reject(new Error('no plugin here is a program')) },
}
const ipam = { type: 'host-local', ranges: [[{ subnet: '10.77.0.0/24' }]] }
const conf = { type: 'bridge', bridge: 'example0', isGateway: true, ipam }
const attachment = { containerId: 'blue', netns, ifname: 'eth0', cniArgs: [], capabilityArgs: {} }
const stage = { requests: [{ network: 'example', cniVersion: '1.1.0', conf, attachment }] }

if (verb === 'del') {
  const error = await delStage(world, stage)
  if (error) throw error
  console.log('detached')
} else {
  const outcome = await addStage(world, stage)
  if ('error' in outcome) throw outcome.error
  console.log(outcome.result.ips.map(({ address }) => address).join(' '))
}
