/** The annotations that hooks read, under the names that nerdctl gave them. */
export const annotationKeys = {
  namespace: 'nerdctl/namespace',
  stateDir: 'nerdctl/state-dir',
  networks: 'nerdctl/networks',
  extraHosts: 'nerdctl/extraHosts',
  name: 'nerdctl/name',
  hostname: 'nerdctl/hostname',
  domainname: 'nerdctl/domainname',
  ip: 'nerdctl/ip',
  ip6: 'nerdctl/ip6',
  macAddress: 'nerdctl/mac-address',
  pidFile: 'nerdctl/pid-file',
  netns: 'nerdctl/network-namespace',
  ports: 'nerdctl/ports',
} as const

/** The key of an annotation that hooks read. */
export type AnnotationKey = (typeof annotationKeys)[keyof typeof annotationKeys]
