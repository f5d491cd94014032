import { configureGlobal } from 'fast-check'

// The same cases in each run: a test fails by a change, not by chance. scripts/soak takes other ones.
configureGlobal({ seed: Number(process.env['VETHRA_TEST_SEED'] ?? 1) })
