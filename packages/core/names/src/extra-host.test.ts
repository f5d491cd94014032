import { expect, it } from 'vitest'
import { thrown } from '../test/sample-names.ts'
import { parseExtraHost } from './index.ts'

it.each([
  ['foo:1.2.3.4', ['foo', '1.2.3.4']],
  ['foo=1.2.3.4', ['foo', '1.2.3.4']],
  ['foo:::1', ['foo', '::1']],
  ['foo=::1', ['foo', '::1']],
  ['foo:[::1]', ['foo', '::1']],
  ['foo=[fd00::2]', ['foo', 'fd00::2']],
  ['foo:[1.2.3.4]', ['foo', '1.2.3.4']],
  ['foo: 1.2.3.4', ['foo', '1.2.3.4']],
  ['my_host.example.com:10.0.0.1', ['my_host.example.com', '10.0.0.1']],
  [
    `${'vpce-0123456789abcdef0.s3'}.eu-central-1.vpce.amazonaws.com:10.0.0.1`,
    ['vpce-0123456789abcdef0.s3.eu-central-1.vpce.amazonaws.com', '10.0.0.1'],
  ],
  ['gw:host-gateway', ['gw', '10.4.0.1']],
])('%j is %j', (text, expected) => {
  expect(parseExtraHost(text, '10.4.0.1')).toEqual(expected)
})

it.each([
  ['10.0.0.1:testing.example.com', 'invalid IP address in add-host: "testing.example.com"'],
  ['foo:192.notanipaddress.1', 'invalid IP address in add-host: "192.notanipaddress.1"'],
  ['foo:::::1', 'invalid IP address in add-host: "::::1"'],
  ['foo:', 'invalid IP address in add-host: ""'],
  ['foo:01.2.3.4', 'invalid IP address in add-host: "01.2.3.4"'],
  ['foo:127.1', 'invalid IP address in add-host: "127.1"'],
  ['foo:fe80::1%eth0', 'invalid IP address in add-host: "fe80::1%eth0"'],
  ['foo:1.2.3.4\n127.0.0.1 evil', 'invalid IP address in add-host: "1.2.3.4\\n127.0.0.1 evil"'],
  ['foo', 'bad format for add-host: "foo"'],
  ['', 'bad format for add-host: ""'],
  [':1.2.3.4', 'bad format for add-host: ":1.2.3.4"'],
  ['a:b=1.2.3.4', 'bad format for add-host: "a:b=1.2.3.4"'],
  ['a b:1.2.3.4', 'bad format for add-host: "a b:1.2.3.4"'],
  ['a\n127.0.0.1 evil:1.2.3.4', 'bad format for add-host: "a\\n127.0.0.1 evil:1.2.3.4"'],
])('%j is refused', (text, message) => {
  expect(thrown(() => parseExtraHost(text, '10.4.0.1'))).toMatchObject({ code: 103, message })
})

it.each([undefined, '', 'nonsense'])(
  'host-gateway needs an address, which %j is not',
  (hostGateway) => {
    expect(thrown(() => parseExtraHost('gw:host-gateway', hostGateway))).toMatchObject({
      code: 103,
      message: 'unable to derive the IP value for host-gateway',
    })
  },
)
