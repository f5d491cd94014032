/** Keeps published ports by a small process a container: the PortHolder, and that process. Not for choosing ports or leading connections. */
export { holdPorts } from './hold-ports.ts'
export { type PortHolderOptions, portHolder } from './port-holder.ts'
