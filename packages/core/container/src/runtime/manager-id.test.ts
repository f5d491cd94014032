import { expect, it } from 'vitest'
import { podmanId } from './manager-id.ts'

const id = 'a'.repeat(64)
const other = 'b'.repeat(64)
const config = (owner: string | undefined, cgroupsPath?: string) =>
  JSON.stringify({
    mounts: [
      { destination: '/x', source: `/run/c/overlay-containers/${other}/userdata/.containerenv` },
      ...(owner === undefined
        ? []
        : [
            {
              destination: '/run/.containerenv',
              source: `/run/containers/storage/overlay-containers/${owner}/userdata/.containerenv`,
            },
          ]),
    ],
    linux: { ...(cgroupsPath === undefined ? {} : { cgroupsPath }) },
  })

it.each([
  config(id),
  config(id, `/libpod_parent/libpod-${id}`),
  config(id, `machine.slice:libpod:${id}`),
  config(id, '/mine'),
  config(undefined, `/libpod_parent/libpod-${id}`),
  config(undefined, `/user.slice/libpod-${id}.scope`),
])('%s is of its container', (text) => {
  expect(podmanId(text)).toBe(id)
})

it.each([
  '',
  '{}',
  '[]',
  config(undefined),
  config(undefined, '/libpod-short'),
  config(id, `/libpod-${other}`),
])('%s is refused', (text) => {
  expect(() => podmanId(text)).toThrow(expect.objectContaining({ code: 107 }))
})
