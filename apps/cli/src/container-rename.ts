// A file of its own: of the commands on containers, this one alone reads it.
export { renameContainer } from '@vethra/engine'
