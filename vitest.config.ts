import type { ViteUserConfig } from 'vitest/config'

// What is waited for comes within a second on a quiet machine.
const expect = { poll: { timeout: 20_000 } }

const config: ViteUserConfig = {
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{packages/{world,engine},packages/*/*,apps/*}/src/**/*.test.ts',
            'examples/src/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: ['**/*.bun.test.ts', '**/node_modules/**'],
          globalSetup: 'scripts/temporary-root.ts',
          setupFiles: 'scripts/fixed-seed.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
          // Each file would load its modules anew, which takes longer than all tests; no module keeps what another test must not see.
          isolate: false,
        },
      },
      {
        test: {
          name: 'bun',
          include: ['packages/*/*/src/**/*.bun.test.ts'],
          globalSetup: 'scripts/temporary-root.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
        },
      },
      {
        // each file plays host by itself, and waits for most of its time
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
          maxWorkers: 3,
        },
      },
    ],
  },
}

export default config
