/**
 * The process that holds the published ports of a container: what the hook starts, never people. Apart
 * from the hook, so that it loads nothing but what it needs while it sleeps.
 */
export { holdPorts as main } from '@vethra/port-holder'
