import { demand, type Kind, openPackageHost, type PackageHost } from './soak-packages-host.ts'

/** Hosts that are not as a package likes them, with how it goes there; each is booted for itself. */
export const oddHosts: Readonly<
  Record<string, (host: PackageHost, file: string) => Promise<void>>
> = {
  'files of nerdctl, Podman and libcni: none is changed': besideOthers,
  'a vethra.toml that is wrong: it is installed, and says that the daemon does not run': wrongToml,
  'a daemon that is masked stays so': masked,
  'a disk at the data root, and the DHCP socket enabled: a purge leaves the mount point alone':
    mounted,
  'an /etc that is read-only: it is installed, and goes': readOnlyEtc,
  'an image that is built, where no systemd runs: enabled, and not started': withoutSystemd,
}

/** Boots a host, and tries the package there. */
export async function onOddHost(
  { kind, given, file }: { readonly kind: Kind; readonly given: string; readonly file: string },
  attempt: (host: PackageHost, file: string) => Promise<void>,
): Promise<void> {
  const host = await openPackageHost(kind, given)
  try {
    await attempt(host, file)
  } finally {
    await host.close()
  }
}

const bridge = (name: string, subnet: string) =>
  `{"type":"bridge","bridge":"${name}","ipam":{"type":"host-local","ranges":[[{"subnet":"${subnet}"}]]}}`
const id = '17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121'
const theirs: Readonly<Record<string, string>> = {
  '/etc/cni/net.d/nerdctl-bridge.conflist': `{"cniVersion":"1.0.0","name":"bridge","nerdctlID":"${id}","nerdctlLabels":{"nerdctl/default-network":"true"},"plugins":[${bridge('nerdctl0', '10.4.0.0/24')}]}`,
  '/etc/cni/net.d/87-podman-bridge.conflist': `{"cniVersion":"0.4.0","name":"podman","plugins":[${bridge('cni-podman0', '10.88.0.0/16')}]}`,
  '/etc/containers/networks/lan.json': '{"name":"lan","driver":"bridge"}',
  '/var/lib/nerdctl/1935db59/etchosts/default/abc/hosts': '127.0.0.1 localhost',
  '/var/lib/cni/networks/bridge/10.4.0.2': 'default-abc\r\neth0',
  '/var/lib/cni/results/bridge-default-abc-eth0': `{"kind":"cniCacheV1","containerId":"default-abc","config":"","ifName":"eth0","networkName":"bridge","result":{}}`,
}

async function besideOthers(host: PackageHost, file: string): Promise<void> {
  for (const [file, text] of Object.entries(theirs))
    await host.sh(`mkdir -p "$(dirname ${file})"; printf '%s' '${text}' >${file}`)
  const sums = `sha256sum ${Object.keys(theirs).join(' ')}`
  const before = await host.sh(sums)
  await host.install(file)
  // A foreign entry may well be worth a finding: it is not to be touched.
  await host.tryOut('vethra doctor --repair')
  demand((await host.sh(sums)) === before, 'a file of others was changed')
  await host.purge('force')
  demand((await host.sh(sums)) === before, 'a purge by force has changed files of others')
}

async function wrongToml(host: PackageHost, file: string): Promise<void> {
  await host.sh('mkdir /etc/vethra; echo nonsense >/etc/vethra/vethra.toml')
  const said = await host.install(file)
  demand(said.includes('systemctl status vethra.service'), `nothing is said: ${said}`)
  const state = await host.sh('systemctl show --value -p ActiveState -p NRestarts vethra.service')
  demand(/^failed$/m.test(state) && /^0$/m.test(state), `it is tried again and again: ${state}`)
  await host.sh('rm /etc/vethra/vethra.toml; systemctl restart vethra.socket vethra.service')
  await host.sh('echo nonsense >/etc/vethra/vethra.toml')
  const again = await host.install(file)
  demand(again.includes('systemctl status vethra.service'), `nothing is said: ${again}`)
  await host.purge()
  await host.sh('! test -e /etc/vethra')
}

async function masked(host: PackageHost, file: string): Promise<void> {
  const isMasked = 'test "$(readlink /etc/systemd/system/vethra.service)" = /dev/null'
  await host.sh('systemctl mask vethra.service')
  await host.install(file)
  await host.install(file)
  await host.sh(`${isMasked}; vethra network create lan; vethra network rm lan`)
  await host.purge()
  await host.sh(isMasked)
}

async function mounted(host: PackageHost, file: string): Promise<void> {
  await host.sh('mkdir -p /var/lib/vethra; mount -t tmpfs tmpfs /var/lib/vethra')
  await host.install(file)
  await host.sh('systemctl enable --now vethra-dhcp.socket; systemctl restart vethra.socket')
  await host.sh('systemctl is-active vethra.socket vethra.service; vethra top --once')
  const said = await host.purge('force')
  demand(said.includes('umount'), `it is not said what stays: ${said}`)
  await host.sh('! find /etc/systemd -name "vethra*" | grep .; test -z "$(ls -A /var/lib/vethra)"')
  await host.sh('umount /var/lib/vethra; rmdir /var/lib/vethra; ! test -e /run/vethra')
}

async function readOnlyEtc(host: PackageHost, file: string): Promise<void> {
  await host.sh('mount --bind /etc /etc; mount -o remount,bind,ro /etc')
  await host.install(file)
  await host.sh('vethra network ls')
  const { exitCode, stdout } = await host.tryOut('vethra network create lan')
  demand(exitCode === 1 && stdout.includes('/etc/cni'), `it is not said what cannot be: ${stdout}`)
  await host.purge()
  await host.sh('! test -e /usr/bin/vethra; ! test -e /var/lib/vethra')
}

async function withoutSystemd(host: PackageHost, file: string): Promise<void> {
  await host.sh('mount -t tmpfs tmpfs /run/systemd')
  await host.install(file)
  await host.sh('umount /run/systemd; systemctl daemon-reload')
  await host.sh('systemctl is-enabled vethra.service vethra.socket')
  const state = await host.run('systemctl', 'is-active', 'vethra.service', 'vethra.socket')
  demand(!/^active$/m.test(state.stdout), 'it was started')
  await host.sh('systemctl start vethra.service; vethra network create lan')
  await host.sh('systemctl stop vethra.service vethra.socket; mount -t tmpfs tmpfs /run/systemd')
  await host.purge('force')
  await host.sh('! test -e /usr/bin/vethra; ! test -e /var/lib/vethra; ! test -e /etc/cni')
  await host.sh('! find /etc/systemd -name "vethra*" | grep .')
}
