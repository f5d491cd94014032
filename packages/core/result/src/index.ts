/**
 * CNI results: what a plugin printed becomes a Result, and a Result becomes the JSON of any spec
 * version. Not for caching them: that is `@vethra/result-cache`.
 */
export { type ParsedResult, parseResult } from './parse-result.ts'
export { type RenderedResult, renderResult } from './render-result.ts'
