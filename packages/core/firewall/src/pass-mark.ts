/** The bit of the mark on packets that our chains let pass, for chains of others to accept. */
export const passMark = 0x01000000
