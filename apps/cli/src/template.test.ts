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
  ['{{slice .Name 0 2}} {{slice .Name 1}} {{slice .Tags 1 2 | json}}', 'la an ["b"]'],
  ['{{truncate .Name 2}} {{title .Name}}{{pad .Name 1 2}}.', 'la Lan lan  .'],
  [
    '{{if gt (len .Tags) 1}}a{{end}}{{if lt 2 1}}b{{end}}{{if le 1 1}}c{{end}}{{if ge .Name "b"}}d{{end}}',
    'acd',
  ],
  ['{{printf "%s=%v %d%% %q" .Name .On 7 .Name}}', 'lan=true 7% "lan"'],
  ['{{printf "%-5s|%5s|%.2s|%03d" .Name .Name .Name 7}}', 'lan  |  lan|la|007'],
  ['{{.Name | printf "%s%s" "x"}}', 'xlan'],
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

it.each(['{{$x := .Name}}', '{{$x = 1}}', '{{with $x := .IPAM}}{{end}}'])(
  '%j is refused: variables are of range alone',
  (template) => {
    expect(() => parseTemplate(template)).toThrow(/range \$key, \$value := /)
  },
)

it.each(['%x', '%', '100% of'])(
  'printf of %j is refused: Go would write something else',
  (text) => {
    const template = parseTemplate(`{{printf "${text}" .Name}}`)
    expect(() => render(template, value)).toThrow(expect.objectContaining({ code: 103 }))
  },
)

it.each([
  ...['{{pad .Name -1 2}}', '{{pad .Name 1 "x"}}', '{{pad .Name 99999999999 1}}'],
  ...['{{printf "%99999999999s" .Name}}', '{{truncate .Name -3}}', '{{slice .Name "x"}}'],
])('%j is refused: it names no number of characters', (template) => {
  expect(() => render(parseTemplate(template), value)).toThrow(
    expect.objectContaining({ code: 103 }),
  )
})
