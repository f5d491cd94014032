import { describePluginRunner } from '@vethra/world-kit'
import { runnerSubject } from '../test/runner-subject.ts'
import { pluginExec } from './index.ts'

describePluginRunner('pluginExec', () => runnerSubject(pluginExec))
