import './run-program.test.ts'
