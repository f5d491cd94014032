import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describePluginRunner } from '@vethra/world-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { runnerSubject } from '../test/runner-subject.ts'
import { findPlugin, pluginExec } from './index.ts'

describePluginRunner('pluginExec', () => runnerSubject(pluginExec))

describe('findPlugin', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vethra-find-'))
    await mkdir(join(folder, 'a/x'), { recursive: true })
    await writeFile(join(folder, 'x'), '')
  })

  it('takes the first regular file of the folders', async () => {
    expect(await findPlugin('x', [join(folder, 'a'), folder])).toBe(join(folder, 'x'))
  })
})
