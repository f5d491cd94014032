// expect TS2591 in packages/adapters/files/
export * from '@vethra/files'
