import { expect, it } from 'vitest'
import { parseTemplate, render } from './template.ts'

const value = {
  Name: 'lan',
  Tags: ['a', 'b'],
  Empty: [],
  IPAM: { Config: [{ Subnet: '10.4.1.0/24' }] },
  On: true,
  Zero: 0,
}

it.each([
  ['{{.Name}}', 'lan'],
  ['{{ .Name }}\\t{{.On}}', 'lan\ttrue'],
  ['{{.Nope.Deeper}}!', '!'],
  ['{{json .Tags}}', '["a","b"]'],
  ['{{json .}}', JSON.stringify(value)],
  ['{{join .Tags ", "}}', 'a, b'],
  ['{{len .Tags}}', '2'],
  ['{{range .Tags}}<{{.}}>{{end}}', '<a><b>'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{range .IPAM.Config}}{{.Subnet}}{{end}}', '10.4.1.0/24'],
  ['{{if .On}}{{if .Zero}}zero{{else}}on{{end}}{{end}}', 'on'],
  ['{{if .Empty}}x{{end}}', ''],
  ['{{.Tags}}', '["a","b"]'],
  ['{{.constructor}}{{.__proto__}}', ''],
  ['plain', 'plain'],
])('%j renders as %j', (template, rendered) => {
  expect(render(parseTemplate(template), value)).toBe(rendered)
})

it.each(['{{.Name', '{{if .X}}', '{{end}}', '{{nope .X}}', '{{}}', '{{.A | json}}'])(
  '%j is refused',
  (template) => {
    expect(() => parseTemplate(template)).toThrow(expect.objectContaining({ code: 103 }))
  },
)
