import { expect, it } from 'vitest'
import { listNetworks } from './network-list.ts'

const ours =
  '{"cniVersion":"1.0.0","name":"lan","nerdctlID":"9b3ae2c0d1f4","nerdctlLabels":{"team":"web"},"plugins":[{"type":"bridge"}]}'
const foreign =
  '{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"ptp"},{"type":"portmap"}]}'
const files = [
  { file: '/net.d/10-other.conflist', text: foreign },
  { file: '/net.d/20-bad.conflist', text: '{' },
  { file: '/net.d/nerdctl-lan.conflist', text: ours },
]
const tools = { networks: { list: async () => files } }

it('networks come by path, with what is wrong with other files beside them', async () => {
  const { rows, faults } = await listNetworks(tools)
  expect(rows).toEqual([
    {
      ID: '',
      Name: 'other',
      Driver: 'ptp',
      Labels: {},
      File: '/net.d/10-other.conflist',
      Managed: false,
      Origin: 'other',
    },
    {
      ID: '9b3ae2c0d1f4',
      Name: 'lan',
      Driver: 'bridge',
      Labels: { team: 'web' },
      File: '/net.d/nerdctl-lan.conflist',
      Managed: true,
      Origin: 'own',
    },
  ])
  expect(faults.map(({ message }) => message)).toEqual([
    expect.stringContaining('/net.d/20-bad.conflist'),
  ])
})

it('filters choose by label', async () => {
  const { rows } = await listNetworks(tools, ['label=team=web'])
  expect(rows.map(({ Name }) => Name)).toEqual(['lan'])
})
