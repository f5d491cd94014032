export { mendLeftResolver } from '@vethra/engine'
