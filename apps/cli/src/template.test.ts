import { expect, it } from 'vitest'
import { parseTemplate, render } from './template.ts'

const value = {
  Name: 'lan',
  Tags: ['a', 'b'],
  Empty: [],
  IPAM: { Config: [{ Subnet: '10.4.1.0/24' }] },
  On: true,
  Zero: 0,
  Labels: { team: 'web', 'a.b': 'dotted' },
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
  ['{{.Name | json}} {{.Tags | json | len}} {{json .Name | upper}}', '"lan" 9 "LAN"'],
  ['{{upper .Name}}{{lower "ÄB"}}', 'LANäb'],
  ['{{join (split "a/b" "/") "-"}}', 'a-b'],
  [
    '{{index .Labels "a.b"}} {{index .Tags 1}} {{index .IPAM.Config 0 "Subnet"}}',
    'dotted b 10.4.1.0/24',
  ],
  ['{{(index .IPAM.Config 0).Subnet}}{{index .Tags 7}}{{index .Labels "no"}}', '10.4.1.0/24'],
  ['{{if eq .Name "wan" "lan"}}yes{{end}}{{if ne .Zero 0}}no{{end}}', 'yes'],
  ['{{if and .On (not .Empty)}}yes{{end}}{{if or .Zero .Empty}}no{{end}}', 'yes'],
  ['{{if .Zero}}a{{else if .Empty}}b{{else if .On}}c{{else}}d{{end}}', 'c'],
  ['{{range .Tags}}{{println . 1}}{{end}}', 'a 1\nb 1\n'],
  [
    '{{range $k, $v := .Labels}}{{$k}}={{$v}} of {{$.Name}},{{end}}',
    'team=web of lan,a.b=dotted of lan,',
  ],
  ['{{range $i, $v := .Tags}}{{$i}}{{.}}{{end}}{{range $v := .Tags}}{{$v}}{{end}}', '0a1bab'],
  ['{{range $i, $v := .Tags}}{{if $i}},{{end}}{{$v}}{{end}}', 'a,b'],
  ['{{with .IPAM}}{{len .Config}}{{end}}{{with .Empty}}x{{else}}none{{end}}', '1none'],
  ['a {{- .Name -}} \n b{{/* nothing */}}', 'alanb'],
  ['{{"}}"}}{{`\\`}}', '}}\\'],
])('%j renders as %j', (template, rendered) => {
  expect(render(parseTemplate(template), value)).toBe(rendered)
})

it.each([
  ...['{{.Name', '{{if .X}}', '{{end}}', '{{nope .X}}', '{{}}', '{{.A | .B}}', '{{.A .B}}'],
  ...['{{(.A}}', '{{.A)}}', '{{json}}', '{{json .A .B}}', '{{"a}}', '{{range $k, := .A}}{{end}}'],
  ...['{{if}}{{end}}', '{{if .A}}{{else}}{{else}}{{end}}', '{{$x := .A}}', '{{-.Name}}', '{{|}}'],
])('%j is refused', (template) => {
  expect(() => parseTemplate(template)).toThrow(expect.objectContaining({ code: 103 }))
})
