import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = {
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{packages/{world,engine},packages/*/*,apps/*}/src/**/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: ['**/*.bun.test.ts', '**/node_modules/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'bun',
          include: ['packages/*/*/src/**/*.bun.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: { name: 'e2e', include: ['e2e/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
}

export default config
