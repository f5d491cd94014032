import { describeKernel } from '@vethra/world-kit'
import { remoteKernel } from '../../test/remote-kernel.ts'

describeKernel('netlinkKernel', () => remoteKernel(process.execPath))
