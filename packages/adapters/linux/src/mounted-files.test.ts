import { expect, it } from 'vitest'
import { deletedIn } from './mounted-files.ts'

it('mounts whose file was removed or replaced are told with that file', () => {
  const lines = [
    '25 20 0:23 /etchosts/web/hosts//deleted /etc/hosts rw - tmpfs tmpfs rw',
    '26 20 0:23 /containers/web/hostname /etc/hostname rw - tmpfs tmpfs rw',
    '27 20 0:23 /a\\040b//deleted /etc/resolv.conf rw shared:1 - tmpfs tmpfs rw',
    '',
  ]
  expect(deletedIn(lines.join('\n'))).toEqual([
    { point: '/etc/hosts', file: '/etchosts/web/hosts' },
    { point: '/etc/resolv.conf', file: '/a\\040b' },
  ])
})
