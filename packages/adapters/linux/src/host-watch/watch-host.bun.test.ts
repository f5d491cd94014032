import './watch-host.test.ts'
