import { expect, it } from 'vitest'
import { pickApp } from './pick-app.ts'

it.each([
  [['oci-hook', 'createRuntime'], 'oci-hook'],
  [['--data-root=/x', '--namespace', 'k8s.io', 'oci-hook', 'postStop'], 'oci-hook'],
  [['--debug', '--cgroup-manager=systemd', 'internal', 'oci-hook', 'createRuntime'], 'oci-hook'],
  [['runtime', '--root', '/r', 'kill', 'web'], 'oci-runtime'],
  [['--data-root=/x', 'runtime', '--version'], 'oci-runtime'],
  [['runtime'], 'oci-runtime'],
  [['runtime', 'run', '--help'], 'oci-runtime'],
  [['runtime', '--help'], 'cli'],
  [['network', 'create', 'runtime'], 'cli'],
  [['port-holder', 'default-web', '4711', '1234', '0.0.0.0:80/tcp'], 'port-holder'],
  [['--socket=/run/v.sock', 'daemon'], 'daemon'],
  [['daemon', '--socket', '/run/v.sock'], 'daemon'],
  [['daemon', '--help'], 'cli'],
  [['network', 'create', 'daemon'], 'cli'],
  [['network', 'create', 'port-holder'], 'cli'],
  [['network', 'create', 'oci-hook'], 'cli'],
  [['network', 'create', 'plugin'], 'cli'],
  [['internal', 'other'], 'cli'],
  [['version'], 'version'],
  [['--version'], 'version'],
  [['-v'], 'version'],
  [['version', '--help'], 'cli'],
  [['version', 'all'], 'cli'],
  [['plugin'], 'cli'],
  [['plugin', '--help'], 'cli'],
  [['plugin', 'ls'], 'cli'],
  [['plugin', 'install', '/opt/cni/bin'], 'cli'],
  [['--data-root'], 'cli'],
  [[], 'cli'],
])('%j calls %s with the arguments as they are', async (argv, app) => {
  expect(await pickApp('/usr/local/bin/vethra', argv)).toEqual({ app, argv })
})

it.each([
  ['/opt/cni/bin/host-local', [], ['host-local']],
  ['static', ['ignored'], ['static']],
  ['/opt/cni/bin/bridge', [], ['bridge']],
  ['host-local', ['network', 'ls'], ['host-local']],
  ['vethra', ['plugin', 'host-local'], ['host-local']],
  ['vethra', ['--data-root=/x', 'plugin', 'nope'], ['nope']],
])('called by %j with %j it is the plugin %j', async (calledBy, argv, name) => {
  expect(await pickApp(calledBy, argv)).toEqual({ app: 'cni-plugin', argv: name })
})

it.each(['vethra-runc', '/usr/local/bin/vethra-runc'])(
  'called by %j it is the runtime',
  async (calledBy) => {
    const argv = ['plugin', '-n', 'daemon']
    expect(await pickApp(calledBy, argv)).toEqual({
      app: 'oci-runtime',
      argv: ['runtime', ...argv],
    })
  },
)
