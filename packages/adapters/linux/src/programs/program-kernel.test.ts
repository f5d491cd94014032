import { describeKernel } from '@vethra/world-kit'
import { describe } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'
import { remoteKernel } from '../../test/remote-kernel.ts'

describe.skipIf(needsRoot)('by programs', () => {
  describeKernel('programKernel', () => remoteKernel(process.execPath))
})
