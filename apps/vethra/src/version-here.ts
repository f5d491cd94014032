/** By a file of ours: of a package that is imported as a whole, the whole is evaluated. */
export { version } from '@vethra/settings'
