import { expect, it } from 'vitest'
import { nothingDesired, nothingObserved } from '../test/sample-states.ts'
import { diff } from './index.ts'
import { shellWord } from './shell-word.ts'

it.each([
  ['br-0', 'br-0'],
  ['/etc/cni/net.d/10-lan.conflist', '/etc/cni/net.d/10-lan.conflist'],
  ['a b', "'a b'"],
  ['x;reboot', "'x;reboot'"],
  ['$(id)', "'$(id)'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%s is the word %s of a shell', (text, word) => {
  expect(shellWord(text)).toBe(word)
})

it('what another user called a file is one word of the command that mends it', () => {
  const open = [{ path: '/d/x; reboot', access: { isOwn: false, mode: 0o666 } }]
  const folders = [{ path: '/d', lasting: true, fileSystem: 'ext4', open }]
  const observed = { ...nothingObserved, host: { ...nothingObserved.host, folders } }
  expect(diff(nothingDesired, observed).map(({ fix }) => fix)).toContain(
    "chown root '/d/x; reboot' && chmod go-w '/d/x; reboot'",
  )
})
