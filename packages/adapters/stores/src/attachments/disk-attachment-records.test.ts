import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { AttachmentRecords } from '@vethra/world'
import { beforeEach, expect, it } from 'vitest'
import { diskAttachmentRecords, type RecordsFolder } from '../index.ts'

let dir: string
let records: AttachmentRecords & RecordsFolder

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'vethra-records-')), 'attachments')
  records = diskAttachmentRecords({ dir })
})

const record = {
  network: 'lan',
  containerId: 'c1',
  ifname: 'eth0',
  netns: '/proc/7/ns/net',
  netnsId: '4:4026532201',
}

it('a record is read back as it was written, listed, and forgotten', async () => {
  await records.write(record)
  expect(await records.read(record)).toEqual(record)
  expect(await records.list()).toEqual([record])
  expect((await stat(join(dir, 'lan-c1-eth0'))).mode & 0o777).toBe(0o600)
  await records.remove(record)
  await records.remove(record)
  expect(await records.read(record)).toBeUndefined()
  expect(await readdir(dir)).toEqual([])
})

it.each(['ADD', 'DEL', 'repair'] as const)(
  'a record keeps what tells its namespace, and the nonce of its %s',
  async (underWay) => {
    const whole = {
      cookie: '9',
      bootId: 'b',
      place: 'pid:[3]',
      startTime: '100',
      nonce: 'n',
      underWay,
    }
    await records.write({ ...record, ...whole })
    expect(await records.read(record)).toEqual({ ...record, ...whole })
  },
)

it('a record keeps what an ADD has made so far', async () => {
  const attachment = { ...record, cniArgs: [['K', 'V']] as const, capabilityArgs: { ports: [1] } }
  const { network, netnsId: _id, ...rest } = attachment
  const made = {
    network,
    attachment: rest,
    listText: '{"name":"lan"}',
    result: '{"x":12345678901234567890}',
  }
  await records.write({ ...record, made })
  expect(await records.read(record)).toEqual({ ...record, made })
})

it.each(['', '{', '[]', '{"network":1}'])('a file that holds %j is no record', async (text) => {
  await records.write(record)
  await writeFile(join(dir, 'lan-c1-eth0'), text)
  expect(await records.read(record)).toBeUndefined()
  expect(await records.list()).toEqual([])
})

it('the record of another attachment with the same file name is not taken for it', async () => {
  const other = { ...record, network: 'lan-c1', containerId: 'x' }
  await records.write(other)
  const same = { network: 'lan', containerId: 'c1-x', ifname: 'eth0' }
  expect(await records.read(same)).toBeUndefined()
  await expect(records.write({ ...record, ...same })).rejects.toMatchObject({ code: 7 })
  await records.remove(same)
  expect(await records.list()).toEqual([other])
})

it('a record keeps the container that it names', async () => {
  const whose = { ...record, container: { namespace: 'default', id: 'c1' } }
  await records.write(whose)
  expect(await records.read(record)).toEqual(whose)
})

it('lists what is of one container', async () => {
  await records.write(record)
  await records.write({ ...record, containerId: 'x-c1-y' })
  expect(await records.list('c1')).toEqual([record])
})

it('a survey tells damaged files beside the records', async () => {
  expect(await records.survey()).toEqual({ entries: [], damaged: [] })
  await records.write(record)
  await writeFile(join(dir, 'lan-c2-eth0'), '{"network":')
  await writeFile(join(dir, 'lan-c3-eth0'), '')
  const damaged = ['lan-c2-eth0', 'lan-c3-eth0'].map((name) => join(dir, name))
  expect(await records.survey()).toEqual({ entries: [record], damaged })
})

it('what is listed again is as it is now, and is the same object where its file has not changed', async () => {
  await records.write(record)
  await setTimeout(120)
  const [first] = await records.list()
  expect((await records.survey()).entries[0]).toBe(first)
  const text = JSON.stringify({ ...record, netnsId: '4:4026532202' })
  await writeFile(join(dir, 'lan-c1-eth0'), text)
  expect((await records.list())[0]?.netnsId).toBe('4:4026532202')
  await writeFile(join(dir, 'lan-c1-eth0'), text.replace('2202', '2203'))
  expect((await records.list())[0]?.netnsId).toBe('4:4026532203')
  await writeFile(join(dir, 'lan-c1-eth0'), '{')
  expect((await records.survey()).damaged).toEqual([join(dir, 'lan-c1-eth0')])
  await records.remove(record)
  await writeFile(join(dir, 'lan-c1-eth0'), JSON.stringify(record))
  expect(await records.list()).toEqual([record])
  await rm(join(dir, 'lan-c1-eth0'))
  expect(await records.survey()).toEqual({ entries: [], damaged: [] })
})

it('a record in the place of another one is damaged, and is written over and removed', async () => {
  const other = { ...record, containerId: 'c2' }
  for (const each of [record, other]) await records.write(each)
  await copyFile(join(dir, 'lan-c2-eth0'), join(dir, 'lan-c1-eth0'))
  expect(await records.read(record)).toBeUndefined()
  const damaged = [join(dir, 'lan-c1-eth0')]
  expect(await records.survey()).toEqual({ entries: [other], damaged })
  await records.write(record)
  expect(await records.read(record)).toEqual(record)
  await copyFile(join(dir, 'lan-c2-eth0'), join(dir, 'lan-c1-eth0'))
  await records.remove(record)
  expect(await readdir(dir)).toEqual(['lan-c2-eth0'])
})
