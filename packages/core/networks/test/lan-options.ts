import type { NetworkOptions } from '../src/index.ts'

/** For tests: the options of a bridge network `lan`, each as it is by default. */
export const lan: NetworkOptions = {
  name: 'lan',
  driver: 'bridge',
  subnets: [],
  ipv4: true,
  ipv6: false,
  gateways: [],
  ipRanges: [],
  auxAddresses: [],
  internal: false,
  ipamDriver: 'default',
  ipamOptions: {},
  options: {},
  labels: {},
}
