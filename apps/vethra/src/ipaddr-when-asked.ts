/** What ipaddr.js exports, evaluated when any of it is first used: plugins are started without. */
const ipaddr: object = new Proxy(
  {},
  {
    // By its place: its name leads here.
    get: (_, name) =>
      Reflect.get(require('../../../packages/core/ipam/node_modules/ipaddr.js'), name),
  },
)

// biome-ignore lint/style/noDefaultExport: it is imported as the library is
export default ipaddr
