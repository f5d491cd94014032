// Of a package that is imported as a whole, every holder would read what starts holders, too.
export { holdPorts } from '@vethra/port-holder'
