import { expect, it } from 'vitest'
import { capabilityMappings } from './index.ts'

it('capabilityMappings spells the keys as the CNI conventions do', () => {
  expect(
    JSON.stringify(
      capabilityMappings([
        { hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' },
      ]),
    ),
  ).toBe('[{"hostPort":8080,"containerPort":80,"protocol":"tcp","hostIP":"0.0.0.0"}]')
})
