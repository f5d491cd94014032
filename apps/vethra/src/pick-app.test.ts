import { expect, it } from 'vitest'
import { pickApp } from './pick-app.ts'

it.each([
  [['oci-hook', 'createRuntime'], 'oci-hook'],
  [['--data-root=/x', '--namespace', 'k8s.io', 'oci-hook', 'postStop'], 'oci-hook'],
  [['--debug', '--cgroup-manager=systemd', 'internal', 'oci-hook', 'createRuntime'], 'oci-hook'],
  [['network', 'create', 'oci-hook'], 'cli'],
  [['internal', 'other'], 'cli'],
  [['--data-root'], 'cli'],
  [[], 'cli'],
])('%j calls %s', (argv, app) => {
  expect(pickApp(argv)).toBe(app)
})
