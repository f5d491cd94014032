/**
 * Keeps published ports of the host taken by a small process a container: the PortHolder, and what that
 * process does. Not for choosing ports, nor for leading connections to a container: that is `@vethra/container`
 * and CNI's portmap.
 */
export { holdPorts, holdPorts as main } from './hold-ports.ts'
export { type PortHolderOptions, portHolder } from './port-holder.ts'
