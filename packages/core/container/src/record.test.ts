import type { JsonObject } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { sampleConfig, samplePlaces, sampleRequest } from '../test/sample-bundle.ts'
import { parseConfig, parseRecord, planBundle, renderRecord } from './index.ts'

const ports = [{ hostPort: 80, containerPort: 8080, protocol: 'tcp', hostIP: '0.0.0.0' }] as const
const request = sampleRequest({
  id: '0123456789a_-z',
  name: 'web',
  ports,
  extraHosts: [['db', 'fd00::1']],
})
const { record } = planBundle(parseConfig(sampleConfig()), request, {
  ...samplePlaces,
  pidFile: '/run/web.pid',
})
const file: JsonObject = renderRecord(record)

describe('renderRecord', () => {
  it('writes plain JSON that names its version first', () => {
    expect(JSON.stringify(file, null, 2)).toMatchInlineSnapshot(`
      "{
        "version": 1,
        "id": "0123456789a_-z",
        "name": "web",
        "namespace": "default",
        "hostname": "0123456789a_",
        "domainname": "",
        "networks": [
          {
            "ref": "bridge",
            "aliases": []
          }
        ],
        "ports": [
          {
            "hostPort": 80,
            "containerPort": 8080,
            "protocol": "tcp",
            "hostIP": "0.0.0.0"
          }
        ],
        "extraHosts": [
          [
            "db",
            "fd00::1"
          ]
        ],
        "mode": "cni",
        "dns": {},
        "pidFile": "/run/web.pid"
      }"
    `)
  })
})

describe('parseRecord', () => {
  it('gives back what was rendered, a default hostname of any form included', () => {
    expect(parseRecord(JSON.parse(JSON.stringify(file)))).toEqual(record)
  })

  it('a container that has left all of its networks has none', () => {
    expect(parseRecord({ ...file, networks: [] }).networks).toEqual([])
  })

  it('passes over keys that it does not know', () => {
    expect(parseRecord({ ...file, later: 1 })).toMatchObject(record)
  })

  it.each<[JsonObject, RegExp]>([
    [{ version: 2 }, /version/],
    [{ id: '../x' }, /a value cannot be/],
    [{ id: 7 }, /id must be string/],
    [{ name: 'a b' }, /a value cannot be/],
    [{ hostname: 'a\nb' }, /a value cannot be/],
    [{ networks: [], mode: 'host' }, /a value cannot be/],
    [{ networks: [{ ref: 'lan', aliases: [1] }] }, /networks must be/],
    [{ dns: { servers: 'x' } }, /dns must be/],
    [{ networks: [{ ref: 'lan', ip: 'x', aliases: [] }] }, /a value cannot be/],
    [{ networks: [{ ref: 'host', aliases: [] }] }, /a value cannot be/],
    [{ extraHosts: [['a']] }, /extraHosts must be pairs/],
    [{ ports: 'x' }, /a value cannot be/],
    [{ domainname: 'a b' }, /a value cannot be/],
    [{ dns: { servers: ['x'] } }, /a value cannot be/],
    [{ pidFile: 'relative' }, /pidFile/],
  ])('refuses a file with %j', (parts, message) => {
    expect(() => parseRecord({ ...file, ...parts })).toThrow(
      expect.objectContaining({ code: 107, message: expect.stringMatching(message) }),
    )
  })

  it.each([null, [], 'x', undefined])('refuses %j', (json) => {
    expect(() => parseRecord(json)).toThrow(expect.objectContaining({ code: 107 }))
  })
})
