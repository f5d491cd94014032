/** The annotations that hooks read, under the names that nerdctl gave them. */
export const annotationKeys: {
  readonly namespace: 'nerdctl/namespace'
  readonly stateDir: 'nerdctl/state-dir'
  readonly networks: 'nerdctl/networks'
  readonly extraHosts: 'nerdctl/extraHosts'
  readonly name: 'nerdctl/name'
  readonly hostname: 'nerdctl/hostname'
  readonly domainname: 'nerdctl/domainname'
  readonly ip: 'nerdctl/ip'
  readonly ip6: 'nerdctl/ip6'
  readonly macAddress: 'nerdctl/mac-address'
  readonly pidFile: 'nerdctl/pid-file'
  readonly netns: 'nerdctl/network-namespace'
  readonly ports: 'nerdctl/ports'
} = {
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
}

/** The key of an annotation that hooks read. */
export type AnnotationKey = (typeof annotationKeys)[keyof typeof annotationKeys]
