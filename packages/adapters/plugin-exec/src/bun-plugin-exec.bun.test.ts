import { describePluginRunner } from '@vethra/world-kit'
import { runnerSubject } from '../test/runner-subject.ts'
import { bunPluginExec } from './bun.ts'

describePluginRunner('bunPluginExec', () => runnerSubject(bunPluginExec))
