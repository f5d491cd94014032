// For tests: the program that a port holder is started by.
import { holdPorts } from '../src/hold-ports.ts'

process.exitCode = await holdPorts(process.argv.slice(2))
