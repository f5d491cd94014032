import { describeClient } from '../test/client-cases.ts'

describeClient('bun')
