/** The version of Vethra: that of all its packages. */
export const version = '0.1.0'
