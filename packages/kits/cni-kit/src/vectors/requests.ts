import type { Vector } from './vector.ts'

/** The request to one plugin, derived from its object in the list. */
export interface RequestVector extends Vector {
  readonly list: { readonly name: string; readonly cniVersion: string }
  /** The plugin's object, as written. */
  readonly plugin: string
  /** Values for capabilities that the runtime was given. Default: none. */
  readonly capabilityArgs?: Readonly<Record<string, Data>>
  /** The JSON text of the previous result. Default: none. */
  readonly prevResult?: string
  /** The attachments that GC has to keep. Default: the key is not sent. */
  readonly validAttachments?: readonly { readonly containerID: string; readonly ifname: string }[]
  /** The request, by value. */
  readonly request: Readonly<Record<string, Data>>
  /** Parts of the request's text that must stand there as written. */
  readonly verbatim?: readonly string[]
}

/** Any JSON value. */
export type Data =
  | null
  | boolean
  | number
  | string
  | readonly Data[]
  | { readonly [key: string]: Data }

const section = 'SPEC 3, "Deriving request configuration from plugin configuration"'
const runtimeConfig = 'SPEC 3, "Deriving runtimeConfig"'
const list = { name: 'dbnet', cniVersion: '1.1.0' }
const macAndPorts = {
  mac: '00:11:22:33:44:66',
  portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
}
const result = '{"cniVersion":"1.1.0","ips":[{"address":"10.1.0.5/16","gateway":"10.1.0.1"}]}'

/** Requests (SPEC 3, "Deriving request configuration from plugin configuration", and the example of its appendix). */
export const requestVectors: readonly RequestVector[] = [
  {
    section: 'SPEC, "Appendix: Examples"',
    rule: 'the interface plugin gets its own keys under the name and version of the list',
    list,
    plugin:
      '{"type":"bridge","bridge":"cni0","keyA":["some more","plugin specific"],"ipam":{"type":"host-local","subnet":"10.1.0.0/16"},"dns":{"nameservers":["10.1.0.1"]}}',
    request: {
      ...list,
      type: 'bridge',
      bridge: 'cni0',
      keyA: ['some more', 'plugin specific'],
      ipam: { type: 'host-local', subnet: '10.1.0.0/16' },
      dns: { nameservers: ['10.1.0.1'] },
    },
  },
  {
    section: 'SPEC, "Appendix: Examples"',
    rule: 'tuning gets the capability that it declares, and the result before it',
    list,
    plugin: '{"type":"tuning","capabilities":{"mac":true},"sysctl":{"net.core.somaxconn":"500"}}',
    capabilityArgs: macAndPorts,
    prevResult: result,
    request: {
      ...list,
      type: 'tuning',
      sysctl: { 'net.core.somaxconn': '500' },
      runtimeConfig: { mac: macAndPorts.mac },
      prevResult: JSON.parse(result),
    },
  },
  {
    section: 'SPEC, "Appendix: Examples"',
    rule: 'portmap gets the port mappings',
    list,
    plugin: '{"type":"portmap","capabilities":{"portMappings":true}}',
    capabilityArgs: macAndPorts,
    request: {
      ...list,
      type: 'portmap',
      runtimeConfig: { portMappings: macAndPorts.portMappings },
    },
  },
  {
    section,
    cases: 'case 1',
    rule: 'a list without a version has the empty one sent',
    list: { name: 'n', cniVersion: '' },
    plugin: '{"type":"t"}',
    request: { name: 'n', cniVersion: '', type: 't' },
  },
  {
    section,
    rule: "name and version of the list replace the plugin's own",
    list,
    plugin: '{"cniVersion":"0.1.0","type":"t","name":"other"}',
    request: { ...list, type: 't' },
  },
  {
    section: runtimeConfig,
    cases: 'case 34',
    rule: 'only what is declared true and was given is sent',
    list,
    plugin: '{"type":"t","capabilities":{"a":true,"b":false}}',
    capabilityArgs: { a: 1, b: 2, c: 3 },
    request: { ...list, type: 't', runtimeConfig: { a: 1 } },
  },
  {
    section: runtimeConfig,
    cases: 'case 35',
    rule: 'nothing that matches means no key',
    list,
    plugin: '{"type":"t","capabilities":{"a":true}}',
    capabilityArgs: { z: 1 },
    request: { ...list, type: 't' },
  },
  {
    section: runtimeConfig,
    rule: 'bandwidth passes through, large integers included',
    list,
    plugin: '{"type":"bandwidth","capabilities":{"bandwidth":true}}',
    capabilityArgs: { bandwidth: { ingressRate: 1000000, ingressBurst: 2147483647 } },
    request: {
      ...list,
      type: 'bandwidth',
      runtimeConfig: { bandwidth: { ingressRate: 1000000, ingressBurst: 2147483647 } },
    },
  },
  {
    section,
    rule: 'a runtimeConfig, prevResult or cni.dev key that a user wrote is not sent',
    list,
    plugin:
      '{"type":"t","runtimeConfig":{"a":1},"prevResult":{},"cni.dev/attachments":[],"capabilities":{}}',
    request: { ...list, type: 't' },
  },
  {
    section: 'SPEC 1, "Plugin configuration objects"',
    rule: 'args and unknown keys pass through as written',
    list,
    plugin:
      '{"type":"t","args":{"cni":{"labels":[{"key":"a","value":"<&>"}]}},"big":12345678901234567890, "1":1.50}',
    request: {
      ...list,
      type: 't',
      args: { cni: { labels: [{ key: 'a', value: '<&>' }] } },
      big: JSON.parse('12345678901234567890'),
      1: 1.5,
    },
    verbatim: ['"big":12345678901234567890', '"1":1.50', '"value":"<&>"'],
  },
  {
    section: 'SPEC 3, "GC"',
    rule: 'the valid attachments are sent under the key of the text and that of the tag',
    list,
    plugin: '{"type":"t"}',
    validAttachments: [{ containerID: 'c', ifname: 'eth0' }],
    request: {
      ...list,
      type: 't',
      'cni.dev/valid-attachments': [{ containerID: 'c', ifname: 'eth0' }],
      'cni.dev/attachments': [{ containerID: 'c', ifname: 'eth0' }],
    },
  },
  {
    section: 'SPEC 3, "GC"',
    rule: 'an empty list of them is sent as one',
    list,
    plugin: '{"type":"t"}',
    validAttachments: [],
    request: {
      ...list,
      type: 't',
      'cni.dev/valid-attachments': [],
      'cni.dev/attachments': [],
    },
  },
]
