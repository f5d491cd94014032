import * as node from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as quick from './fs.ts'

/** What a case is given: the calls, and a folder of its own with a few things in it. */
type Case = (fs: typeof quick, at: (name: string) => string) => unknown

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY } =
  node.constants

let folders: readonly string[] = []

beforeEach(() => {
  folders = ['one', 'other'].map(() => {
    const folder = node.mkdtempSync(join(tmpdir(), 'vethra-quick-'))
    const at = (name: string) => join(folder, name)
    node.mkdirSync(at('folder/inner'), { recursive: true })
    node.writeFileSync(at('text'), 'grün\n', { mode: 0o640 })
    node.writeFileSync(at('marked'), '\ufeffmarked')
    node.writeFileSync(at('broken'), Buffer.from([0x61, 0xff, 0x62]))
    node.writeFileSync(at('long'), 'x'.repeat(70_000))
    node.writeFileSync(at('folder/ü'), '')
    node.symlinkSync('text', at('link'))
    node.symlinkSync('nowhere', at('dangling'))
    return folder
  })
})

afterEach(() => {
  for (const folder of folders) node.rmSync(folder, { recursive: true })
})

/** What comes of a case: its outcome, and what the folder is like afterwards. */
function outcome(fs: typeof quick, folder: string, work: Case): unknown {
  const told = (value: unknown) => JSON.parse(JSON.stringify(value ?? null).replaceAll(folder, '/'))
  const after = () =>
    node.readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { mode, size } = node.lstatSync(path)
      return [path.slice(folder.length), mode, entry.isFile() ? size : 0].join(' ')
    })
  try {
    const value = told(work(fs, (name) => `${folder}/${name}`))
    return { value, after: after().sort() }
  } catch (error) {
    const { message, code, errno, syscall, path, dest } = error as NodeJS.ErrnoException & {
      dest?: string
    }
    return { error: told({ message, code, errno, syscall, path, dest }), after: after().sort() }
  }
}

/** Opens, works, closes. */
function opened(
  path: string,
  flags: number | string,
  work: (fs: typeof quick, fd: number) => unknown,
): Case {
  return (fs, at) => {
    const descriptor = fs.openSync(at(path), flags, 0o600)
    try {
      return work(fs, descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  }
}

const kinds = (stats: node.Stats | node.BigIntStats | node.Dirent | undefined) =>
  stats && [
    stats.isFile(),
    stats.isDirectory(),
    stats.isSymbolicLink(),
    stats.isFIFO(),
    stats.isSocket(),
    stats.isBlockDevice(),
    stats.isCharacterDevice(),
  ]

const pieces = (fs: typeof quick, descriptor: number, position: number | null) => {
  const octets = new Uint8Array(8)
  const count = fs.readSync(descriptor, octets, 2, 3, position)
  return [count, [...octets]]
}

const cases: readonly (readonly [string, Case])[] = [
  ['opens by a word', opened('text', 'r', (fs, fd) => fs.readFileSync(fd, 'utf8'))],
  ['opens by another word', opened('new', 'w', (fs, fd) => fs.writeSync(fd, 'a'))],
  ['opens nothing', opened('nowhere', O_RDONLY, () => 0)],
  ['makes no second file', opened('text', O_WRONLY | O_CREAT | O_EXCL, () => 0)],
  ['makes a file', opened('new', O_RDWR | O_CREAT | O_EXCL, (fs, fd) => fs.writeSync(fd, 'né'))],
  ['follows no link', opened('link', O_RDONLY | O_NOFOLLOW, () => 0)],
  ['opens no file as a folder', opened('text', O_RDONLY | O_DIRECTORY, () => 0)],
  ['writes to no folder', opened('folder', O_WRONLY, () => 0)],
  ['opens below no file', opened('text/below', O_RDONLY, () => 0)],
  ['closes nothing', (fs) => fs.closeSync(99_999)],
  ['reads in place', opened('text', O_RDONLY, (fs, fd) => pieces(fs, fd, 1))],
  [
    'reads on',
    opened('text', O_RDONLY, (fs, fd) => [
      pieces(fs, fd, null),
      pieces(fs, fd, null),
      pieces(fs, fd, null),
    ]),
  ],
  ['reads no folder', opened('folder', O_RDONLY, (fs, fd) => pieces(fs, fd, null))],
  ['reads a text', (fs, at) => fs.readFileSync(at('text'), 'utf8')],
  ['keeps a byte order mark', (fs, at) => fs.readFileSync(at('marked'), 'utf8')],
  ['reads what is not UTF-8', (fs, at) => fs.readFileSync(at('broken'), 'utf8')],
  ['reads a long text', (fs, at) => fs.readFileSync(at('long'), 'utf8')],
  ['reads octets', (fs, at) => fs.readFileSync(at('broken'), 'latin1')],
  ['reads no missing file', (fs, at) => fs.readFileSync(at('nowhere'), 'utf8')],
  ['reads a file of the kernel', (fs) => fs.readFileSync('/proc/self/status', 'utf8').length > 100],
  ['writes all', opened('text', O_WRONLY, (fs, fd) => fs.writeFileSync(fd, 'y'.repeat(9)))],
  ['writes to a path', (fs, at) => fs.writeFileSync(at('new'), 'text', { mode: 0o600 })],
  ['writes nothing', opened('text', O_WRONLY, (fs, fd) => fs.writeSync(fd, ''))],
  [
    'writes in place',
    opened('text', O_RDWR, (fs, fd) => fs.writeSync(fd, new Uint8Array([65, 66, 67]), 1, 2, 1)),
  ],
  [
    'writes not what is open for reading',
    opened('text', O_RDONLY, (fs, fd) => fs.writeSync(fd, 'a')),
  ],
  ['appends', opened('text', O_WRONLY | O_APPEND, (fs, fd) => fs.appendFileSync(fd, 'more'))],
  ...['text', 'folder', 'link', 'dangling', 'nowhere', 'text/below'].flatMap(
    (name): [string, Case][] => [
      [`stats ${name}`, (fs, at) => kinds(fs.statSync(at(name)))],
      [
        `stats ${name}, if it is there`,
        (fs, at) => kinds(fs.statSync(at(name), { throwIfNoEntry: false })),
      ],
      [`lstats ${name}`, (fs, at) => kinds(fs.lstatSync(at(name)))],
      [
        `lstats ${name}, if it is there`,
        (fs, at) => kinds(fs.lstatSync(at(name), { throwIfNoEntry: false })),
      ],
      [`asks for ${name}`, (fs, at) => fs.existsSync(at(name))],
      [`lists ${name}`, (fs, at) => [...fs.readdirSync(at(name))].sort()],
      [
        `lists ${name} with types`,
        (fs, at) =>
          fs
            .readdirSync(at(name), { withFileTypes: true })
            .map((each) => each as node.Dirent)
            .map((each) => [each.name, each.parentPath, kinds(each)])
            .sort(),
      ],
      [`reads the link ${name}`, (fs, at) => fs.readlinkSync(at(name))],
      [`unlinks ${name}`, (fs, at) => fs.unlinkSync(at(name))],
      [`removes ${name}`, (fs, at) => fs.rmSync(at(name))],
      [`removes ${name}, if it is there`, (fs, at) => fs.rmSync(at(name), { force: true })],
      [`removes ${name} with all in it`, (fs, at) => fs.rmSync(at(name), { recursive: true })],
      [`makes ${name}`, (fs, at) => fs.mkdirSync(at(name), 0o750)],
      [`makes ${name}/a/b`, (fs, at) => fs.mkdirSync(at(`${name}/a/b`), { recursive: true })],
      [`renames ${name}`, (fs, at) => fs.renameSync(at(name), at('renamed'))],
      [`renames to ${name}`, (fs, at) => fs.renameSync(at('text'), at(name))],
      [`changes the mode of ${name}`, (fs, at) => fs.chmodSync(at(name), 0o604)],
      [`finds the file system of ${name}`, (fs, at) => fs.statfsSync(at(name)).type],
      [`resolves ${name}`, (fs, at) => fs.realpathSync(at(name))],
      [`links ${name}`, (fs, at) => fs.linkSync(at(name), at('linked'))],
    ],
  ),
  [
    'changes the mode of what is open',
    opened('text', O_RDONLY, (fs, fd) => fs.fchmodSync(fd, 0o604)),
  ],
  ['changes no mode', (fs) => fs.fchmodSync(99_999, 0o604)],
  ['cuts what is open', opened('text', O_RDWR, (fs, fd) => fs.ftruncateSync(fd, 1))],
  ['flushes what is open', opened('text', O_RDWR, (fs, fd) => fs.fdatasyncSync(fd))],
  ['dates a file', (fs, at) => [fs.utimesSync(at('text'), 5, 5), fs.statSync(at('text'))?.mtimeMs]],
  ['stats what is open', opened('text', O_RDONLY, (fs, fd) => kinds(fs.fstatSync(fd)))],
  ['stats nothing that is open', (fs) => fs.fstatSync(99_999)],
  ['stats a path with NUL', (fs, at) => fs.statSync(at('a\0b'))],
  ['asks for a path with NUL', (fs, at) => fs.existsSync(at('a\0b'))],
]

describe('does what node:fs does:', () => {
  it.each(cases)('%s', (_, work) => {
    const [one = '', other = ''] = folders
    const expected = outcome(node as unknown as typeof quick, one, work)
    expect(outcome(quick, other, work)).toEqual(expected)
  })
})

const fields = [
  'dev',
  'ino',
  'mode',
  'nlink',
  'uid',
  'gid',
  'rdev',
  'size',
  'blksize',
  'blocks',
  'atimeMs',
  'mtimeMs',
  'ctimeMs',
  'birthtimeMs',
  'atime',
  'mtime',
  'ctime',
  'birthtime',
] as const
const nanoseconds = ['atimeNs', 'mtimeNs', 'ctimeNs', 'birthtimeNs'] as const

it.each(['/', '/dev/null', '/proc/self', '/etc/hostname'])(
  'says of %s what node:fs says',
  (path) => {
    const [expected, found] = [node.statSync(path), quick.statSync(path)] as node.Stats[]
    for (const field of fields) expect([field, found?.[field]]).toEqual([field, expected?.[field]])
    const large = { bigint: true } as const
    const [expectedLarge, foundLarge] = [
      node.lstatSync(path, large),
      quick.lstatSync(path, large),
    ] as node.BigIntStats[]
    for (const field of [...fields, ...nanoseconds]) {
      expect([field, foundLarge?.[field]]).toEqual([field, expectedLarge?.[field]])
    }
  },
)

it('lists a folder of thousands', () => {
  const [folder = ''] = folders
  for (let name = 0; name < 3000; name += 1) node.writeFileSync(join(folder, `folder/${name}`), '')
  const expected = node.readdirSync(join(folder, 'folder')).sort()
  expect([...quick.readdirSync(join(folder, 'folder'))].sort()).toEqual(expected)
})

it.each([
  ['fsync', quick.fsync],
  ['fdatasync', quick.fdatasync],
])('tells what comes of %s', async (_, sync) => {
  const [folder = ''] = folders
  const descriptor = node.openSync(join(folder, 'text'), 'r')
  const ask = (fd: number) =>
    new Promise<string | undefined>((resolve) => sync(fd, (error) => resolve(error?.code)))
  expect(await ask(descriptor)).toBeUndefined()
  node.closeSync(descriptor)
  expect(await ask(descriptor)).toBe('EBADF')
})

it('opens nothing that a child inherits', () => {
  const [folder = ''] = folders
  const descriptor = quick.openSync(join(folder, 'text'), O_RDONLY)
  const flags = node.readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
  quick.closeSync(descriptor)
  expect(Number.parseInt(/flags:\s+0(\d+)/.exec(flags)?.[1] ?? '', 8) & 0o2000000).not.toBe(0)
})
