// Runs examples one after the other in one process, which loads what they share once. Their arguments are the socket alone.
for (const name of (process.env['EXAMPLES'] ?? '').split(' ')) {
  await import(new URL(`../examples/src/${name}.ts`, import.meta.url).href)
}
