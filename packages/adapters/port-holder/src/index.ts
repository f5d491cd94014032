/** Keeps published ports by a small process a container: the PortHolder, and that process. Not for choosing ports or leading connections. */
export { holdPorts, holdPorts as main } from './hold-ports.ts'
export { type PortHolderOptions, portHolder } from './port-holder.ts'
