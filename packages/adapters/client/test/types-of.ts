import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript'
import ts from 'typescript'

const head = '// Generated from openapi.json by scripts/client-types.ts.\n\n'

/** For tests and the generator: the types of an OpenAPI document as TypeScript, without keys that say nothing. */
export async function typesOf(document: object): Promise<string> {
  const options = { defaultNonNullable: false, immutable: true, rootTypes: false }
  const nodes = await openapiTypescript(document as OpenAPI3, options)
  return head + astToString(ts.transform([...nodes], [withoutEmpty]).transformed)
}

const withoutEmpty: ts.TransformerFactory<ts.Node> = (context) => (root) => {
  // Each operation names all its parameters: a path need not.
  const isPaths = ts.isInterfaceDeclaration(root) && root.name.text === 'paths'
  const visit = (node: ts.Node): ts.Node | undefined =>
    isEmpty(node) || (isPaths && nameOf(node) === 'parameters')
      ? undefined
      : ts.visitEachChild(node, visit, context)
  return ts.visitEachChild(root, visit, context)
}

// Bodies that are none, and headers, of which the document knows none. What `parameters` of an operation never has
// stays: a caller who gives it is told. So do methods that a path has not: openapi-fetch looks for each.
const bodies = ['requestBody', 'content']

function isEmpty(node: ts.Node): boolean {
  const name = nameOf(node)
  if (name === undefined || !ts.isPropertySignature(node) || !node.type) return false
  if (name !== 'headers') {
    return node.type.kind === ts.SyntaxKind.NeverKeyword && bodies.includes(name)
  }
  return ts.isTypeLiteralNode(node.type) && node.type.members.every(ts.isIndexSignatureDeclaration)
}

function nameOf(node: ts.Node): string | undefined {
  if (!ts.isPropertySignature(node)) return undefined
  return ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : undefined
}
